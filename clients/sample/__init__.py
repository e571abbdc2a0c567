"""A made-up province with people, posts and records: for examples, tests of scoring, and measurements.

Everything is made of (seed, size, day) alone, and the data of a person of (seed, number) alone, so that equal
samples are equal byte for byte, and any slice can be made without what is before it. Only `writer` and `reader`
touch files.
"""

from clients.sample.forms import Format, JsonLines, Tables, columns_of
from clients.sample.law import EARLIEST
from clients.sample.mistakes import Effect, Kind, Planted
from clients.sample.province import FEWEST, MOST, Campaign, Entry, Mistake, PersonEntries, Sample
from clients.sample.reader import CampaignFileError, Given, read_campaign
from clients.sample.writer import FolderInUseError, Written, write_sample

__all__ = [
    "EARLIEST",
    "FEWEST",
    "MOST",
    "Campaign",
    "CampaignFileError",
    "Effect",
    "Entry",
    "FolderInUseError",
    "Format",
    "Given",
    "JsonLines",
    "Kind",
    "Mistake",
    "PersonEntries",
    "Planted",
    "Sample",
    "Tables",
    "Written",
    "columns_of",
    "read_campaign",
    "write_sample",
]
