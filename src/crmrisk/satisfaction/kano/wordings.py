"""Wordings of the five answers in common use, so that most questionnaires need no scale of their own."""

from __future__ import annotations

from crmrisk.satisfaction.kano.answers import AnswerScale, KanoAnswer

__all__ = ["COMMON_SCALE"]

_COMMON = {
    KanoAnswer.LIKE: (
        "I like it",
        "I like it that way",
        "I enjoy it that way",
        "This would be very helpful to me",
        "I would like it",
        "喜欢",
        "我喜欢",
        "我喜欢这样",
        "很喜欢",
        "我很喜欢",
        "非常喜欢",
    ),
    KanoAnswer.MUST_BE: (
        "I expect it",
        "I expect it to be that way",
        "It must be that way",
        "I must be that way",
        "It should be that way",
        "It is a basic necessity or I expect it that way",
        "This is a basic requirement for me",
        "理应如此",
        "它理应如此",
        "理所当然",
        "必须这样",
    ),
    KanoAnswer.NEUTRAL: (
        "I am neutral",
        "I'm neutral",
        "I don't care",
        "I do not care",
        "This would not affect me",
        "无所谓",
        "我无所谓",
    ),
    KanoAnswer.LIVE_WITH: (
        "I can live with it",
        "I can live with it that way",
        "I dislike it, but I can live with it that way",
        "I can tolerate it",
        "I can accept it",
        "This would be a minor inconvenience",
        "勉强接受",
        "勉强可以接受",
        "我能忍受",
        "能忍受",
        "可以忍受",
    ),
    KanoAnswer.DISLIKE: (
        "I dislike it",
        "I dislike it that way",
        "I dislike it, and I can't accept it",
        "I can't accept it",
        "This would be a major problem for me",
        "不喜欢",
        "我不喜欢",
        "我不喜欢这样",
        "很不喜欢",
        "我很不喜欢",
    ),
}

COMMON_SCALE = AnswerScale(tuple((wording, answer) for answer, wordings in _COMMON.items() for wording in wordings))
"""The wordings of Berger et al. (1993), of surveys since (Reppel 2022) and of Chinese questionnaires; see that yours
means the same by them."""
