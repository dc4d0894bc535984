"""`TextSignals`: what texts said, as columns, and the tables that other parts of crmrisk take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from crmrisk.core.arguments import is_number
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.satisfaction.text.frames import daily_counts, days_of, grouped

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from crmrisk.core.arrays import BoolArray, FloatArray, IntArray, ObjectArray
    from crmrisk.core.estimate import Estimate

__all__ = ["NEGATIVE", "TextSignals"]

NEGATIVE = -0.1
"""Polarity at or below which a text counts as negative, unless the caller says otherwise."""

_LARGEST_ID = 2**63 - 1
_OF_TEXTS = ("customer_id", "at", "texts", "text_polarity", "entity")
_OF_MENTIONS = ("text", "topic", "polarity")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TextSignals:
    """Hold what texts said: one row per text, and one mention per text and topic.

    Parameters
    ----------
    customer_id
        Who wrote each text, ``(n_texts,)``.
    at
        When, ``(n_texts,)``, in UTC where `aware`.
    texts
        The texts themselves, ``(n_texts,)``; ``None`` where there was none.
    text_polarity
        How they felt, ``(n_texts,)``, in [-1, 1]; NaN is unrated.
    text
        The row of the text each mention is in, ``(n_mentions,)``.
    topic
        The place of its topic in `topics`, ``(n_mentions,)``.
    polarity
        How the customer felt about that topic, ``(n_mentions,)``.
    topics
        The names of the topics.
    entity
        What each text was about, ``(n_texts,)``, or ``None``.
    aware
        Whether the times came with a zone.
    sentiment, keywords
        Name and version of the scorer of sentiment, and of the topics.

    Raises
    ------
    RecordError
        If columns differ in length, or mentions point at texts or topics that are not there.

    Examples
    --------
    >>> from crmrisk.satisfaction.text import text_signals
    >>> text_signals(["late parcel"], customer_id=["A"], at=["2026-01-05"])
    TextSignals(1 text of 1 customer, 2 mentions of 8 topics; bilingual 1.0, complaint topics 1.0)
    """

    customer_id: ObjectArray
    at: NDArray[np.datetime64]
    texts: ObjectArray
    text_polarity: FloatArray
    text: IntArray
    topic: IntArray
    polarity: FloatArray
    topics: tuple[str, ...]
    entity: ObjectArray | None = None
    aware: bool = False
    sentiment: str = ""
    keywords: str = ""

    def __post_init__(self) -> None:
        for name in (*_OF_TEXTS, *_OF_MENTIONS):
            if getattr(self, name) is not None:
                column = np.array(getattr(self, name))
                column.flags.writeable = False
                object.__setattr__(self, name, column)
        problems = self._problems()
        if problems:
            raise RecordError(*problems)

    def _problems(self) -> list[Problem]:
        sizes = {len(getattr(self, name)) for name in _OF_TEXTS if getattr(self, name) is not None}
        mentioned = {len(getattr(self, name)) for name in _OF_MENTIONS}
        astray = (np.any(self.text >= len(self.texts)), np.any(self.topic >= len(self.topics)))
        checks = (
            (len(sizes) > 1, "columns of texts differ in length"),
            (len(mentioned) > 1, "columns of mentions differ in length"),
            (any(astray), "mentions of texts or topics that are not there"),
        )
        return [Problem(what=what, where="TextSignals") for wrong, what in checks if wrong]

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        customers, mentions = len(set(self.customer_id.tolist())), len(self.text)
        counted = f"{len(self)} text{'s' * (len(self) != 1)} of {customers} customer{'s' * (customers != 1)}"
        about = f"{mentions} mention{'s' * (mentions != 1)} of {len(self.topics) - 1} topics"
        return f"TextSignals({counted}, {about}; {self.sentiment}, {self.keywords})"

    def mentions(self) -> pd.DataFrame:
        """Return one row per text and topic: ``text``, ``customer_id``, ``at``, [``entity``], ``topic``, ``polarity``.

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> text_signals(["late parcel"], customer_id=["A"], at=["2026-01-05"]).mentions()["topic"].tolist()
        ['delivery', 'waiting time']
        """
        import pandas as pd  # noqa: PLC0415 - takes long to import; the arrays do without

        entity = {} if self.entity is None else {"entity": plain_labels(self.entity)[self.text]}
        topic = pd.Categorical.from_codes(self.topic, pd.Index(self.topics, dtype=object))
        columns = {
            "text": self.text,
            "customer_id": plain_labels(self.customer_id)[self.text],
            "at": self._at(self.text),
        }
        return pd.DataFrame(columns | entity | {"topic": topic, "polarity": self.polarity})

    def frame(self, *, threshold: float = NEGATIVE) -> pd.DataFrame:
        """Return one row per customer and topic.

        ``n`` texts that mention it, ``rated`` of them with a polarity, their mean ``polarity`` (NaN without any),
        ``negative`` of them at or below the threshold, and ``first_at`` and ``last_at``.

        Parameters
        ----------
        threshold
            Polarity at or below which a mention is negative.

        Raises
        ------
        InvalidValueError
            If the threshold is not within [-1, 1].

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> texts = ["parcel late", "parcel lost", "great parcel"]
        >>> signals = text_signals(texts, customer_id=["A", "A", "B"], at=["2026-01-05"] * 3)
        >>> signals.frame()[["customer_id", "topic", "n", "negative"]]
          customer_id         topic  n  negative
        0           A      delivery  2         2
        1           A  waiting time  1         1
        2           B      delivery  1         0
        """
        return grouped(self.mentions(), ["customer_id", "topic"], _checked_threshold(threshold))

    def entities(self, *, threshold: float = NEGATIVE, level: float = 0.95) -> pd.DataFrame:
        """Return one row per entity and topic, with Wilson limits for the share of negative mentions.

        Columns as in `frame`, and ``negative_share``, ``negative_low``, ``negative_high`` of the rated mentions. Where
        one customer writes often, the limits are too narrow.

        Parameters
        ----------
        threshold
            Polarity at or below which a mention is negative.
        level
            Nominal coverage of the limits.

        Raises
        ------
        InvalidValueError
            If no entities were given, or threshold or level are not allowed.

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> signals = text_signals(["parcel lost", "great parcel"], customer_id=["A", "B"], at=["2026-01-05"] * 2,
        ...     entity=["Shop", "Shop"])
        >>> signals.entities()[["entity", "topic", "n", "negative_share"]]
          entity     topic  n  negative_share
        0   Shop  delivery  2             0.5
        """
        self._need_entities()
        return grouped(self.mentions(), ["entity", "topic"], _checked_threshold(threshold), level=level)

    def daily(self, *, topic: str | None = None, entity: object = None, threshold: float = NEGATIVE) -> pd.DataFrame:
        """Return negative texts by day, days without any included: what a control chart of counts reads.

        Columns ``date`` (in UTC where times are aware), ``n`` texts, ``negative`` of them; from the first day of all
        texts to the last, whatever is asked for.

        Parameters
        ----------
        topic
            Count mentions of this topic instead of texts.
        entity
            Count this entity only.
        threshold
            Polarity at or below which a text is negative.

        Raises
        ------
        InvalidValueError
            If there is no such topic or entity, or the threshold is not within [-1, 1].

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> signals = text_signals(["bad", "bad", "good"], customer_id=["A", "B", "C"],
        ...     at=["2026-01-05", "2026-01-07", "2026-01-07"])
        >>> signals.daily()["negative"].tolist()
        [1, 0, 1]
        """
        limit, chosen = _checked_threshold(threshold), self._of_entity(entity)
        rows, values = np.arange(len(self)), self.text_polarity
        if topic is not None:
            mine = self.topic == self._place(topic)
            rows, values = self.text[mine], self.polarity[mine]
        kept = chosen[rows]
        return daily_counts(days_of(self.at), rows[kept], values[kept] <= limit)

    def surveys(self, *, question: str = "sentiment") -> pd.DataFrame:
        """Return polarities as answers: the table ``surveys`` of `crmrisk.Evidence`.

        Each rated text answers `question`, and ``<question>_<topic>`` for every topic it mentions; the score is the
        polarity, -1 to 1. ``Surveys(questions=("sentiment", "sentiment_delivery"))`` summarises them; blanks in a
        topic become underscores.

        Parameters
        ----------
        question
            What the question is called.

        Raises
        ------
        InvalidValueError
            If the question is blank.

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> signals = text_signals(["parcel lost", None], customer_id=["A", "B"], at=["2026-01-05", "2026-01-06"])
        >>> signals.surveys()[["customer_id", "question", "score"]]
          customer_id            question  score
        0           A           sentiment   -0.6
        1           A  sentiment_delivery   -0.6
        """
        import pandas as pd  # noqa: PLC0415 - takes long to import; the arrays do without

        if not isinstance(question, str) or not question.strip():
            raise InvalidValueError(Problem(what="no name", where="question", got=repr(question)))
        asked = np.array([f"{question}_{topic.replace(' ', '_')}" for topic in self.topics], dtype=object)
        whole, parts = np.flatnonzero(~np.isnan(self.text_polarity)), np.flatnonzero(~np.isnan(self.polarity))
        rows = np.concatenate((whole, self.text[parts]))
        questions = np.concatenate((np.full(whole.size, question, dtype=object), asked[self.topic[parts]]))
        scores = np.concatenate((self.text_polarity[whole], self.polarity[parts]))
        order = np.argsort(rows, kind="stable")
        return pd.DataFrame(
            {
                "customer_id": plain_labels(self.customer_id)[rows[order]],
                "at": self._at(rows[order]),
                "question": pd.Series(questions[order], dtype="str"),
                "score": scores[order],
            }
        )

    def complaints(self, *, threshold: float = NEGATIVE) -> pd.DataFrame:
        """Return negative texts as complaints: the table ``complaints`` of `crmrisk.Evidence`.

        One row per negative text: ``opened_at``; ``severity``, the polarity without its sign; ``topic``, the one it is
        most negative about (of equals, the first in order); and the ``text``. Whether a complaint was closed no text
        tells: there is no ``closed_at``.

        Parameters
        ----------
        threshold
            Polarity at or below which a text is a complaint.

        Raises
        ------
        InvalidValueError
            If the threshold is not within [-1, 1].

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> signals = text_signals(["parcel lost", "great"], customer_id=["A", "B"], at=["2026-01-05"] * 2)
        >>> signals.complaints()[["customer_id", "severity", "topic"]]
          customer_id  severity     topic
        0           A       0.6  delivery
        """
        import pandas as pd  # noqa: PLC0415 - takes long to import; the arrays do without

        rows = np.flatnonzero(self.text_polarity <= _checked_threshold(threshold))
        worst = np.lexsort((self.topic, np.nan_to_num(self.polarity), self.text))
        first = worst[np.searchsorted(self.text[worst], rows)]
        return pd.DataFrame(
            {
                "customer_id": plain_labels(self.customer_id)[rows],
                "opened_at": self._at(rows),
                "severity": -self.text_polarity[rows],
                "topic": pd.Series(np.array(self.topics, dtype=object)[self.topic[first]], dtype="str"),
                "text": pd.Series(self.texts[rows], dtype="str"),
            }
        )

    def mean_polarity(self, topic: str | None = None, *, level: float = 0.95) -> Estimate:
        """Estimate the mean polarity of texts, or of what they say on one topic; customers are drawn, not texts.

        Parameters
        ----------
        topic
            The topic; all texts by default.
        level
            Nominal coverage of the interval, Student's with one degree of freedom less than customers. With a handful
            of customers it may reach beyond -1 or 1.

        Raises
        ------
        InvalidValueError
            If there is no such topic, or the level is not strictly between 0 and 1.

        Examples
        --------
        >>> from crmrisk.satisfaction.text import text_signals
        >>> texts = ["bad", "good", "good", "great", "slow", None]
        >>> signals = text_signals(texts, customer_id=list("ABCDEF"), at=["2026-01-05"] * 6)
        >>> print(signals.mean_polarity())
        0.1695 [-0.703, 1.042] (95 % t, n 5)
        """
        from crmrisk.satisfaction.means import mean_score  # noqa: PLC0415 - imports scipy

        rows, values = np.arange(len(self)), self.text_polarity
        if topic is not None:
            mine = self.topic == self._place(topic)
            rows, values = self.text[mine], self.polarity[mine]
        customers = plain_labels(self.customer_id)[rows]
        return mean_score(values, clusters=customers, level=level, missing="exclude")

    def _at(self, rows: IntArray | NDArray[np.intp]) -> pd.Series:
        import pandas as pd  # noqa: PLC0415 - takes long to import; the arrays do without

        times = pd.Series(self.at[rows])
        return times.dt.tz_localize("UTC") if self.aware else times

    def _place(self, topic: str) -> int:
        if topic not in self.topics:
            allowed = ", ".join(self.topics)
            raise InvalidValueError(Problem(what="no such topic", where="topic", allowed=allowed, got=repr(topic)))
        return self.topics.index(topic)

    def _need_entities(self) -> ObjectArray:
        if self.entity is None:
            remedy = "text_signals(..., entity=...)"
            raise InvalidValueError(Problem(what="no entities were given", where="entity", remedy=remedy))
        return self.entity

    def _of_entity(self, entity: object) -> BoolArray:
        if entity is None:
            return np.ones(len(self), dtype=np.bool_)
        mine: BoolArray = np.array([each == entity for each in self._need_entities()], dtype=np.bool_)
        if not mine.any():
            raise InvalidValueError(Problem(what="no such entity", where="entity", got=repr(entity)))
        return mine


def plain_labels(labels: ObjectArray) -> NDArray[np.generic]:
    """Make one kind of labels that are whole numbers and text: whole numbers where all are, else text.

    Parameters
    ----------
    labels
        Whole numbers and texts, ``(n_rows,)``.

    Examples
    --------
    >>> plain_labels(np.array([17, "C18"], dtype=object))
    array(['17', 'C18'], dtype=object)
    """
    if all(isinstance(each, int) and abs(each) <= _LARGEST_ID for each in labels):
        return np.array(labels, dtype=np.int64) if labels.size else labels
    return np.array([str(each) for each in labels], dtype=object)


def _checked_threshold(threshold: float) -> float:
    if not is_number(threshold) or not -1.0 <= threshold <= 1.0:
        raise InvalidValueError(Problem(what="threshold", where="threshold", allowed="-1 to 1", got=repr(threshold)))
    return float(threshold)
