"""Long calls of the library: Ctrl-C, and exceptions in Python functions that the library calls back.

While C runs, Python notes a signal but handles it only when Python code runs next: in a callback, where an exception
would be lost. So during a call the handler of SIGINT is one that keeps the exception which the previous handler raises
(`KeyboardInterrupt`, unless a program has its own handler). The next progress report stops the method, the call returns
with what was learned so far, and the exception is raised then.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Callable, List, Optional, Type

from .errors import ExplainError


class Call:
    """A call of the library on this thread, as a context manager.

    `failure` is the first exception of a callback or a signal handler, for the caller to raise afterwards.
    """

    _current = threading.local()

    def __init__(self) -> None:
        self.failure: Optional[BaseException] = None
        self._previous: Any = None

    @classmethod
    def current(cls) -> Call:
        """The innermost call of this thread."""
        calls: List[Call] = cls._current.calls
        return calls[-1]

    @property
    def stopping(self) -> bool:
        """Whether this call is to end, or one that it is part of: a callback may call the library, too."""
        return any(call.failure is not None for call in self._current.calls)

    def __enter__(self) -> Call:
        # The handler comes first: a signal before it raises here, one after it does not.
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous):
                self._previous = previous
                signal.signal(signal.SIGINT, self._interrupted)
        if not hasattr(self._current, "calls"):
            self._current.calls = []
        self._current.calls.append(self)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._current.calls.pop()
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _interrupted(self, number: int, frame: Optional[FrameType]) -> None:
        if self.failure is not None:
            self._previous(number, frame)  # once more: out of a callback that does not return
            return
        try:
            self._previous(number, frame)
        except BaseException as error:
            self.failure = error

    def run(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Calls the library; an exception of a callback goes before the library's own about that callback."""
        try:
            function(*arguments)
        except ExplainError:
            if self.failure is None:
                raise
        self.raise_failure()

    def raise_failure(self) -> None:
        """Raises what was kept, if anything, and forgets it: its traceback would keep alive what it refers to."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    def guard(self, function: Callable[[], Any]) -> int:
        """Runs the body of a callback: what it returns, or 1 after an exception, which is kept."""
        try:
            return int(function() or 0)
        except BaseException as error:  # nothing may unwind through the library
            if self.failure is None:
                self.failure = error
            return 1
