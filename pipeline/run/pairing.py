"""Pairing: which articles of a lake are to be compared when some of them are new.

Texts that share keys are compared once, by the articles that `Copies` names. When one of these is a new article of a
text that was there before, the links of the text move to it; when more of an article is known to be furniture, its
links are verified anew. In both cases the text is compared again with those that it has no link with: by that article,
or without the furniture, it may have one. So links depend on the articles alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.config import FoldSettings
from pipeline.lake import DataFile, Lake
from pipeline.partition import Run
from pipeline.run.copies import Copies
from pipeline.run.far import far_copies
from pipeline.run.keys import sharing_keys
from pipeline.run.numbers import numbered, run_of

__all__ = ["Pairs", "pair"]

Numbers = NDArray[np.int64]
Place = tuple[str, str]  # day and name of a file


@dataclass(frozen=True, slots=True)
class Pairs:
    """Articles to be compared.

    Attributes:
        left, right: Their numbers; sorted, each pair once.
        run: First number of the run that brought each pair together: a new one, unless both have been there before.
        gone: Ids of linked articles that are compared no more: others with the same texts are.
    """

    left: Numbers
    right: Numbers
    run: Numbers
    gone: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Linked:
    ids: tuple[str, str]
    texts: tuple[str, str]


def pair(lake: Lake, new: Sequence[DataFile], affected: AbstractSet[str], settings: FoldSettings) -> Pairs:
    """Find what the articles of some files are to be compared with.

    Args:
        new: Files of sketches that have no links yet, or held other articles when these were made.
        affected: Ids of articles more of which is known to be furniture now.
    """
    places = {(f.day, f.name) for f in new}
    fresh = frozenset(Run.named(f.name).first_number for f in new)
    linked = [f for f in lake.files("links") if (f.day, f.name) not in places]
    texts = lake.read("sketches", ["text_hash"], files=[*new])["text_hash"]
    known = _known(lake, texts.unique(), places)
    again = {text for some in known.values() for text in some}
    bared = _bared(lake, affected, places)
    equal = {*again, *_several(texts), *(text for some in bared.values() for text in some)}
    copies = Copies(lake, equal)
    moving = {t for t in again if run_of(copies.numbers(t)[0]) in fresh} | _meeting(lake, copies, again, fresh)
    unsettled = _united({place: some & moving for place, some in known.items()}, bared)
    found = sharing_keys(lake, new, known.keys(), unsettled, settings)
    far = far_copies(lake, new, settings.window_days)
    left, right = (np.r_[found[c], some] for c, some in zip(("left", "right"), far, strict=True))
    numbers, at = np.unique(np.r_[left, right], return_inverse=True)
    text_of = numbered(lake, numbers, ["text_hash"])["text_hash"].to_pylist()
    a, b = at[: len(left)], at[len(left) :]
    there = np.array([t in again for t in text_of], np.bool_) | ~np.isin(run_of(numbers), [*fresh])
    # Those that have been compared perhaps; of the others nobody has looked at both texts before.
    old_pair = there[a] & there[b]
    links = _links(lake, linked, copies, moving | {text_of[n] for n in a[old_pair]})
    copies = Copies(lake, {*equal, *text_of, *(t for x in links for t in x.texts)})

    pairs = _exact(copies, equal, fresh)
    gone = {x.ids: copies.ends(*x.texts) for x in links if moving.intersection(x.texts) and not _stays(x, copies)}
    pairs += [(*ends, max(ends)) for ends in gone.values() if ends[0] != ends[1]]
    first = np.array([copies.numbers(t)[0] for t in text_of], np.int64)
    alone = np.array([len(copies.numbers(t)) == 1 for t in text_of], np.bool_)
    simple = alone[a] & alone[b] & ~old_pair
    compared = {x.texts for x in links}
    for n in np.flatnonzero(~simple).tolist():
        p, q = text_of[a[n]], text_of[b[n]]
        if not (old_pair[n] and compared & {(p, q), (q, p)}):
            ends = copies.ends(p, q)
            pairs.append((*ends, int(left[n]) if run_of(int(left[n])) in fresh else max(ends)))
    rows = np.vstack([np.array(pairs, np.int64).reshape(-1, 3), np.column_stack([first[a], first[b], left])[simple]])
    if any((f.day, f.name) in places for f in lake.files("links")):  # articles that were linked already come again
        rows = _without(rows, lake, linked)
    return _pairs(rows, fresh, frozenset(gone))


def _bared(lake: Lake, affected: AbstractSet[str], new: AbstractSet[Place]) -> dict[Place, set[str]]:
    """The texts of some articles that articles of files which are not new have, by file."""
    if not affected:
        return {}
    rows = lake.take("articles", pa.array(sorted(affected), pa.string()), ["article_id", "text_hash"])
    return _known(lake, rows["text_hash"].unique(), new)


def _united(one: Mapping[Place, set[str]], other: Mapping[Place, set[str]]) -> dict[Place, set[str]]:
    return {x: some for x in {*one, *other} if (some := one.get(x, set()) | other.get(x, set()))}


def _known(lake: Lake, texts: pa.Array, new: AbstractSet[Place]) -> dict[Place, set[str]]:
    """Those of some texts that articles of other files have, by file."""
    found = {}
    for file, rows in lake.places("text_hash", texts):
        if (file.day, file.name) not in new:
            here = lake.pick(file, rows, ["text_hash"])["text_hash"]
            if some := set(here.filter(pc.is_in(here, texts)).to_pylist()):
                found[file.day, file.name] = some
    return found


def _several(texts: pa.ChunkedArray) -> set[str]:
    """Texts that occur more than once."""
    counts = pc.value_counts(texts)
    return set(counts.field("values").filter(pc.greater(counts.field("counts"), 1)).to_pylist())


def _meeting(lake: Lake, copies: Copies, texts: AbstractSet[str], fresh: AbstractSet[int]) -> set[str]:
    """Texts that a new article has brought to where another text is: the two that are there are to be compared."""
    new = {
        (where, t)
        for t in texts
        for number, where in zip(copies.numbers(t), copies.locators(t), strict=True)
        if run_of(number) in fresh
    }
    held: dict[str, set[str]] = defaultdict(set)
    wanted = pa.array(sorted({where for where, _ in new}), pa.string())
    for file, rows in lake.places("locator", wanted) if new else ():
        for where, text in zip(*lake.pick(file, rows, ["locator", "text_hash"]).to_pydict().values(), strict=True):
            held[where].add(text)
    return {t for where, t in new if held[where] - {t}}


def _links(lake: Lake, files: list[DataFile], copies: Copies, texts: AbstractSet[str]) -> list[_Linked]:
    """The links of articles that have one of some texts."""
    if not texts:
        return []
    ids = pa.array(sorted(i for t in texts for i in copies.ids(t)), pa.string())
    touch = pc.field("article_a").isin(ids) | pc.field("article_b").isin(ids)
    ends = lake.read("links", ["article_a", "article_b"], touch, files).to_pydict()
    there = pa.array(sorted({i for side in ends.values() for i in side}), pa.string())
    rows = lake.take("articles", there, ["article_id", "text_hash"]).to_pydict()
    text = dict(zip(rows["article_id"], rows["text_hash"], strict=True))
    return [_Linked((a, b), (text[a], text[b])) for a, b in zip(*ends.values(), strict=True)]


def _stays(x: _Linked, copies: Copies) -> bool:
    """Whether two linked articles are still those that are compared for their texts."""
    a, b = x.texts
    ends = copies.numbers(a)[:1] if a == b else copies.ends(a, b)
    return {copies.id(n) for n in ends} <= {*x.ids}


def _exact(copies: Copies, texts: AbstractSet[str], fresh: AbstractSet[int]) -> list[tuple[int, int, int]]:
    """New articles with the oldest one that has the same text, and all others with it when it is new."""
    found = []
    for t in sorted(texts):
        oldest, *others = copies.numbers(t)
        found += [(n, oldest, max(n, oldest)) for n in others if fresh & {run_of(n), run_of(oldest)}]
    return found


def _pairs(rows: Numbers, fresh: AbstractSet[int], gone: frozenset[tuple[str, str]]) -> Pairs:
    """Pairs in order, each once.

    Args:
        rows: (n, 3): two articles, and one whose run brings them together where neither is new.
    """
    left, right = rows[:, :2].max(axis=1), rows[:, :2].min(axis=1)
    _, order = np.unique(np.column_stack([left, right]), axis=0, return_index=True)
    left, right, run = left[order], right[order], run_of(rows[order, 2])
    for side in (right, left):  # of two that are new the later
        run = np.where(np.isin(run_of(side), [*fresh]), run_of(side), run)
    return Pairs(left, right, run, gone)


def _without(rows: Numbers, lake: Lake, files: list[DataFile]) -> Numbers:
    """Leave out pairs that some files of links hold already."""
    numbers, at = np.unique(rows[:, :2], return_inverse=True)
    ids = numbered(lake, numbers, ["article_id"])["article_id"].combine_chunks()
    touch = pc.field("article_a").isin(ids) & pc.field("article_b").isin(ids)
    ends = lake.read("links", ["article_a", "article_b"], touch, files)
    known = {frozenset(p) for p in zip(*ends.to_pydict().values(), strict=True)}
    names = ids.to_pylist()
    new = [frozenset((names[i], names[j])) not in known for i, j in at.reshape(-1, 2).tolist()]
    return rows[np.array(new, np.bool_)]
