"""Tools of the developers: what the repository itself needs to stay true."""
