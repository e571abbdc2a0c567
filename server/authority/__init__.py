"""What the competent authority decided beside the verdict, and appeals against it with their terms."""
