"""A small library's loans, as an environment with state: what is lent is gone for the rest of the run.

SYNTHETIC: made for an example. The field `shelf` of the item lists books with their copies, each as in
"City of Kings: 2", and `limit` says how many books one reader may have.
"""

import json
import sys
from typing import Any


class Library:
    """The shelf and what readers have."""

    def __init__(self, fields: dict[str, Any]) -> None:
        """Put the books on the shelf."""
        entries = [entry.rpartition(": ") for entry in fields["shelf"]]
        self.copies = {title: int(number) for title, _, number in entries}
        self.limit = int(fields["limit"])
        self.lent: dict[str, list[str]] = {}

    def search(self, text: str) -> dict[str, Any]:
        """Say which books have a text in their title, and how many copies are there."""
        found = [
            f"{title}: {number} left"
            for title, number in self.copies.items()
            if text.lower() in title.lower()
        ]
        return {"content": "\n".join(found) or "No such book."}

    def borrow(self, book: str, reader: str) -> dict[str, Any]:
        """Lend a book, if there is one left and the reader may have another."""
        if book not in self.copies:
            return {"content": f"There is no book called {book}.", "error": True}
        if len(self.lent.get(reader, [])) >= self.limit:
            return {
                "content": f"{reader} has {self.limit} already: {', '.join(self.lent[reader])}.",
                "error": True,
            }
        if not self.copies[book]:
            return {"content": f"All copies of {book} are lent.", "error": True}
        self.copies[book] -= 1
        self.lent.setdefault(reader, []).append(book)
        return {"content": f"Lent to {reader}: {book}; {self.copies[book]} left."}


for line in sys.stdin:
    told = json.loads(line)
    said: dict[str, Any]
    if "start" in told:
        library = Library(told["start"]["item"]["fields"])
        said = {"ready": True}
    else:
        call, given = told["call"]["name"], told["call"]["arguments"]
        try:
            said = (
                library.search(str(given["text"]))
                if call == "search"
                else library.borrow(given["book"], given["reader"])
            )
        except KeyError as missing:
            said = {"content": f"The call lacks {missing}.", "error": True}
    print(json.dumps(said), flush=True)
