"""Signals in texts: how customers feel, about what, and since when.

``terms`` finds words in any script, ``lexicon`` says what they weigh, ``reading`` reads one text, ``sentiment`` scores
columns of them, ``topics`` says what they are about, ``signals`` puts customers, topics and polarity together, and
``adapters`` lets VADER and jieba take part. Texts come in; nothing is collected, and nothing leaves the machine.
"""

from __future__ import annotations

from crmrisk.satisfaction.text.adapters import JiebaSegmenter, VaderSentiment
from crmrisk.satisfaction.text.lexicon import Lexicon, bilingual_lexicon, chinese_lexicon, english_lexicon
from crmrisk.satisfaction.text.sentiment import LexiconSentiment, Segmenter, SentimentScorer
from crmrisk.satisfaction.text.signals import text_signals
from crmrisk.satisfaction.text.table import TextSignals
from crmrisk.satisfaction.text.topics import TopicKeywords, complaint_topics

__all__ = [
    "JiebaSegmenter",
    "Lexicon",
    "LexiconSentiment",
    "Segmenter",
    "SentimentScorer",
    "TextSignals",
    "TopicKeywords",
    "VaderSentiment",
    "bilingual_lexicon",
    "chinese_lexicon",
    "complaint_topics",
    "english_lexicon",
    "text_signals",
]
