"""Notes on each chapter that Sphinx's environment holds, taken when the chapter is read."""

from __future__ import annotations

from docutils import nodes
from sphinx.environment.collectors import EnvironmentCollector


class ChapterNotes(EnvironmentCollector):
    """Base of collectors: what :meth:`collect` finds in a chapter stays until the chapter is read again.

    It spares loading all chapters again for what only a few of their nodes say.
    """

    attribute: str
    """Of the environment: a mapping from chapter to what was found."""

    @classmethod
    def of(cls, env) -> dict[str, list]:
        """What was found, by name of the chapter."""
        return env.__dict__.setdefault(cls.attribute, {})

    def collect(self, app, doctree: nodes.document) -> list:
        """What to note of a chapter."""
        raise NotImplementedError

    def process_doc(self, app, doctree: nodes.document) -> None:
        """See Sphinx."""
        self.of(app.env)[app.env.docname] = self.collect(app, doctree)

    def clear_doc(self, app, env, docname: str) -> None:
        """See Sphinx."""
        self.of(env).pop(docname, None)

    def merge_other(self, app, env, docnames: set[str], other) -> None:
        """See Sphinx."""
        self.of(env).update({d: self.of(other)[d] for d in docnames})
