"""Whom a draft would change: records judged by the rules that are in force and by a draft, and what differs counted.

foreseer = Foreseer(draft, against=live)
for part in foreseer.parts(chunks):      # each can be kept, and the work go on after the last one that was
    total = total.and_(part.tally)
print(picture(Impact(...), "en"))
"""

from engine.impact.explaining import explain_change
from engine.impact.foreseeing import CHUNK, Foreseer, impact, in_chunks
from engine.impact.model import Change, Impact, Part, Subject
from engine.impact.picture import picture
from engine.impact.tally import Flip, Group, Tally

__all__ = [
    "CHUNK",
    "Change",
    "Flip",
    "Foreseer",
    "Group",
    "Impact",
    "Part",
    "Subject",
    "Tally",
    "explain_change",
    "impact",
    "in_chunks",
    "picture",
]
