"""Spreadsheets in, verdicts out: whole files of records judged by a ruleset.

reading    files of rows: CSV, XLSX, JSON Lines, Parquet
mapping    which column is which fact, as a document; suggest makes one
binding    a mapping held against a ruleset and the columns of a file: rows to facts
values     cells to typed values
judging    facts to results, here or by a server
journal    what is done is kept, so that work that was stopped goes on where it was
writing    results and rejects to files
report     the picture of the whole, one HTML page
"""
