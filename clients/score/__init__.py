"""Spreadsheets in, verdicts out: whole files of records judged by a ruleset.

reading    files of rows: CSV, XLSX, JSON Lines, Parquet; in blocks of columns, and row by row
mapping    which column is which fact, as a document; suggest makes one
values     cells to typed values
cells      a row's cells to the facts of a record; items: lists in files of their own
columns    the same of many rows at once, as a table of facts; fitting: what columns hold
binding    a mapping held against a ruleset and the columns of a file; sources: the files
rulings    by which ruleset each row is judged
judging    facts to verdicts, here or by a server
scoring    blocks of rows to results and rejects
journal    what is done is kept, so that work that was stopped goes on where it was
work       all of it; survey: the first reading
writing    results and rejects to files
quotas     who takes the places of each group; tally: everything else that is counted
report     the picture of the whole, one HTML page
"""
