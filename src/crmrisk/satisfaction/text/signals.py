"""From texts to signals: who felt how, about what, when.

`text_signals` scores and sorts the texts; `TextSignals` holds the result and turns it into the tables that evidence,
registers and monitoring read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.text.columns import label_column, text_column, time_column
from crmrisk.satisfaction.text.sentiment import LexiconSentiment, SentimentScorer
from crmrisk.satisfaction.text.table import TextSignals
from crmrisk.satisfaction.text.topics import OTHER, TopicKeywords, clauses, complaint_topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray

__all__ = ["text_signals"]


def text_signals(
    texts: ArrayLike | Sequence[str | None],
    *,
    customer_id: ArrayLike,
    at: ArrayLike,
    entity: ArrayLike | None = None,
    sentiment: SentimentScorer | None = None,
    topics: TopicKeywords | Mapping[str, Sequence[str]] | None = None,
    language: str | ArrayLike | None = None,
) -> TextSignals:
    """Find how customers feel about which topics in what they wrote.

    A topic's polarity is that of the clauses that name it, where these say how the customer feels, and that of the
    whole text where they do not: *kind staff, but the parcel was late* praises the staff and blames the delivery.

    Parameters
    ----------
    texts
        Complaints, posts, free-text answers: one per row, ``(n_texts,)``; ``None`` or NaN where there is none.
    customer_id
        Who wrote it, ``(n_texts,)``.
    at
        When, ``(n_texts,)``.
    entity
        What it was written about: a company, branch or product, ``(n_texts,)``.
    sentiment
        Any `SentimentScorer`; `LexiconSentiment` by default.
    topics
        Topics and their keywords; `complaint_topics` by default.
    language
        One code for all texts, one per text, or ``None`` to score every text.

    Returns
    -------
    One row per text and per text's topic. Texts without a keyword are about *other*; texts that cannot be scored are
    unrated (NaN) and counted.

    Raises
    ------
    RecordError
        If columns differ in length or in the order of their rows, hold anything but text, or customers or times are
        missing.
    InvalidValueError
        If the scorer or the topics are none, the scorer leaves [-1, 1], or the language is not known.

    Examples
    --------
    >>> texts = ["Kind staff, but the parcel was late.", "退款太慢了", None]
    >>> signals = text_signals(texts, customer_id=["A", "B", "B"], at=["2026-01-05", "2026-01-06", "2026-01-07"])
    >>> signals.frame()[["customer_id", "topic", "n", "polarity"]].round(2)
      customer_id         topic  n  polarity
    0           A      delivery  1     -0.60
    1           A         staff  1      0.67
    2           A  waiting time  1     -0.60
    3           B        refund  1     -0.68
    4           B  waiting time  1     -0.68
    5           B         other  1       NaN
    """
    scorer = LexiconSentiment() if sentiment is None else sentiment
    chosen = _topics(topics)
    refuse(_scorer_problems(scorer))
    refuse_other_order(texts=texts, customer_id=customer_id, at=at, entity=entity, language=language)
    codes, distinct = text_column(texts)
    rows = codes.size
    times, aware = time_column(at, rows)
    ids = label_column(customer_id, rows, where="customer_id")
    entities = None if entity is None else label_column(entity, rows, where="entity")
    source = np.array([*distinct, None], dtype=object)[codes]
    polarity = _checked(scorer.score(source, language=language), rows)
    named, said = _mentions(distinct, chosen, scorer)
    text, topic = np.nonzero(named[codes])
    about = said[codes[text], topic]
    about = np.where(np.isnan(about) | np.isnan(polarity[text]), polarity[text], about)
    return TextSignals(
        customer_id=ids,
        at=times,
        texts=source,
        text_polarity=polarity,
        text=text,
        topic=topic,
        polarity=about,
        topics=(*chosen.names, OTHER),
        entity=entities,
        aware=aware,
        sentiment=f"{scorer.name} {scorer.version}",
        keywords=str(chosen),
    )


def _topics(topics: TopicKeywords | Mapping[str, Sequence[str]] | None) -> TopicKeywords:
    if topics is None:
        return complaint_topics()
    if isinstance(topics, Mapping):
        return TopicKeywords(topics)  # type: ignore[arg-type] # pydantic makes tuples of the sequences
    refuse(kind_problems(topics, TopicKeywords, where="topics"))
    return topics


def _scorer_problems(scorer: object) -> list[Problem]:
    if isinstance(scorer, SentimentScorer) and not isinstance(scorer, type):
        return []
    allowed = "an object with name, version, languages and score(texts, language=...), e.g. LexiconSentiment()"
    return [Problem(what="not a SentimentScorer", where="sentiment", allowed=allowed, got=repr(scorer)[:100])]


def _checked(polarity: object, rows: int) -> FloatArray:
    """Hold a scorer of anybody's to what it promises."""
    values = np.asarray(polarity)
    right = values.dtype.kind == "f" and values.shape == (rows,) and not np.any(np.abs(values) > 1.0)
    if not right:
        allowed = f"{rows} floats in [-1, 1] or NaN"
        raise InvalidValueError(
            Problem(what="polarity is not as promised", where="sentiment", allowed=allowed, got=repr(polarity)[:100])
        )
    checked: FloatArray = values.astype(np.float64)
    return checked


def _mentions(distinct: list[str], topics: TopicKeywords, scorer: SentimentScorer) -> tuple[BoolArray, FloatArray]:
    """Tell which topics each different text names, and what its clauses say of them; NaN where they do not say.

    The last row stands for no text, the last column for other topics.
    """
    parts = [clauses(text) for text in distinct]
    flat = [part for each in parts for part in each]
    owner = np.repeat(np.arange(len(distinct)), [len(each) for each in parts])
    clause, topic = np.nonzero(topics.count(flat))
    said = _checked(scorer.score([flat[place] for place in clause.tolist()]), clause.size)
    shape = (len(distinct) + 1, len(topics.names) + 1)
    named = np.zeros(shape, dtype=np.bool_)
    named[owner[clause], topic] = True
    named[:, -1] = ~named.any(axis=1)
    return named, _means(owner[clause] * shape[1] + topic, said, shape)


def _means(cell: IntArray, said: FloatArray, shape: tuple[int, int]) -> FloatArray:
    speaks = ~np.isnan(said) & (said != 0.0)
    size = shape[0] * shape[1]
    count = np.bincount(cell[speaks], minlength=size)
    total = np.bincount(cell[speaks], said[speaks], minlength=size)
    means: FloatArray = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return means.reshape(shape)
