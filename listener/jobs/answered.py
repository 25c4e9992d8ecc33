"""Which week's question a post answers: as it says itself, or by the thread that it stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from collectors import threads
from collectors.base import Item
from collectors.post import Post
from storage.values import Exercise

Key = tuple[str, str]


def told(exercise: Exercise, items: Sequence[Item], known: Mapping[Key, int]) -> list[Item]:
    """The same items, each with the week it answers where that can be known. `known` is that of the posts they reply to."""
    found, weeks = dict(known), {week.number for week in exercise.weeks}
    for item in sorted(items, key=lambda item: item.post.posted_at):
        post = item.post
        week = post.answers or _asked(exercise, post) or found.get((post.network, post.in_reply_to), 0)
        found[post.key] = week if week in weeks else 0
    return [replace(item, post=replace(item.post, answers=found[item.post.key])) for item in items]


def above(items: Sequence[Item]) -> list[Key]:
    """The posts that these reply to."""
    return [(item.post.network, item.post.in_reply_to) for item in items if item.post.in_reply_to]


def _asked(exercise: Exercise, post: Post) -> int:
    if not post.in_reply_to and not post.quote_of:
        return 0
    return next((w.number for w in exercise.weeks if any(threads.is_about(post, url) for url in w.question_posts)), 0)
