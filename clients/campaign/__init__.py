"""Campaigns from a folder of files to the papers of a committee.

plan       what is in the folder: campaign.yaml, or what the files are called
given      the files read: organisations, posts, and rows that cannot be used
choosing   which ruleset a row is for
results    verdicts and quotas as rows, one a subject
books      which units stand together in a workbook
workbook   the workbooks, and the one with the summary that leads to them
tables     the same rows for programs: Parquet and CSV
report     the picture of the whole, one HTML page
command    what `chuan campaign run` does
"""
