"""Progress, stopping, Ctrl-C."""

import io
import os
import signal
import subprocess
import sys
import threading
import time

import numpy
import pytest

from explaincore import explain


def test_a_function_sees_each_step(scene, scenes):
    seen = []
    explanation = explain(scene, scenes, iterations=4, progress=seen.append)
    assert [(report.step, report.steps) for report in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert numpy.allclose([report.loss for report in seen], explanation.history["loss"])
    assert numpy.allclose([report.score for report in seen], explanation.history["score"])


def test_a_function_stops_with_what_was_learned(scene, scenes):
    explanation = explain(scene, scenes, iterations=500, progress=lambda report: report.step == 3)
    assert explanation.interrupted and explanation.iterations == 3
    whole = explain(scene, scenes, iterations=3, progress=False)
    assert numpy.array_equal(explanation.mask, whole.mask)


def test_an_exception_comes_out_as_it_is(scene, scenes):
    calls = []

    def fail(report):
        calls.append(report)
        try:
            {}["loss"]
        except KeyError as error:
            raise ZeroDivisionError("mine") from error

    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        explain(scene, scenes, progress=fail)
    assert len(calls) == 1
    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.traceback[-1].name == "fail"
    assert caught.value.explanation.iterations == 1
    assert scenes.classify(scene)  # nothing is left behind


def test_a_function_may_use_the_library(scene, scenes):
    inner = []

    def observe(report):
        inner.append(explain(scene, scenes, "grad-cam", progress=False).target_name)

    explain(scene, scenes, iterations=2, progress=observe)
    assert inner == ["gear", "gear"]


def test_control_c_in_a_call_within_a_call(scene, scenes):
    inner = []

    def observe(report):
        inner.append(explain(scene, scenes, iterations=500, progress=interrupt_after(2)))

    with pytest.raises(KeyboardInterrupt) as caught:
        explain(scene, scenes, iterations=500, progress=observe)
    assert caught.value.explanation.iterations == 1
    assert len(inner) == 1 and inner[0].interrupted and inner[0].iterations < 5


def interrupt_after(steps):
    def observe(report):
        if report.step == steps:
            os.kill(os.getpid(), signal.SIGINT)

    return observe


def test_control_c_keeps_what_was_learned(scene, scenes):
    with pytest.raises(KeyboardInterrupt) as caught:
        explain(scene, scenes, iterations=500, progress=interrupt_after(3))
    assert type(caught.value) is KeyboardInterrupt  # of which Python ends as shells expect
    explanation = caught.value.explanation
    assert explanation.interrupted and explanation.iterations in (3, 4)
    assert explanation.mask.shape == (28, 28)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_programs_own_handler_decides(scene, scenes):
    calls = []

    def note(number, frame):
        calls.append(number)

    previous = signal.signal(signal.SIGINT, note)
    try:
        assert explain(scene, scenes, iterations=6, progress=interrupt_after(3)).iterations == 6
        assert calls == [signal.SIGINT] and signal.getsignal(signal.SIGINT) is note

        class Stop(Exception):
            pass

        def stop(number, frame):
            raise Stop

        signal.signal(signal.SIGINT, stop)
        with pytest.raises(Stop):
            explain(scene, scenes, iterations=500, progress=interrupt_after(3))
    finally:
        signal.signal(signal.SIGINT, previous)


PROGRAM = """
import sys, time
import explaincore

def started(report):
    print(report.step, flush=True)

try:
    explaincore.explain(sys.argv[1], iterations=100000, progress=started)
except KeyboardInterrupt as stop:
    print("kept", stop.explanation.iterations, stop.explanation.mask.shape, flush=True)
    raise
"""


def test_control_c_at_a_terminal(scene):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(scene)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if int(line) == 3:
            break
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert "kept" in output and "(28, 28)" in output
    assert "KeyboardInterrupt" in errors and "ignored" not in errors
    assert process.returncode == -signal.SIGINT  # as Python ends after a KeyboardInterrupt
    assert time.monotonic() - sent < 10  # one step, and the interpreter's end, on a loaded machine


def test_other_threads_run_meanwhile(scene, scenes):
    """The lock is released: a thread that counts goes on while a step is computed."""
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        scenes.classify(scene)
        before, start = counted[0], time.monotonic()
        explain(scene, scenes, "occlusion", progress=False)
        seconds = time.monotonic() - start
    finally:
        done.set()
        thread.join()
    assert counted[0] - before > 50 * seconds  # of about 900 a second where a core is free


def test_in_a_thread(scene, scenes):
    results = []
    thread = threading.Thread(target=lambda: results.append(explain(scene, scenes, iterations=2, progress=False)))
    thread.start()
    thread.join()
    assert results[0].iterations == 2


class TestBar:
    @pytest.fixture(autouse=True)
    def tqdm(self):
        pytest.importorskip("tqdm")

    def test_it_shows_steps_and_score(self, scene, scenes, capsys):
        explain(scene, scenes, iterations=50, progress=True)  # long enough for a second look
        shown = capsys.readouterr()
        assert "mask" in shown.err and "score=0." in shown.err and "/50" in shown.err
        assert shown.out == ""

    def test_nobody_looks(self, scene, scenes, capsys, monkeypatch):
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        explain(scene, scenes, iterations=3)
        assert sys.stderr.getvalue() == ""

    def test_it_does_not_swallow_control_c(self, scene, scenes, monkeypatch):
        import tqdm.auto

        def interrupted(bar, *arguments, **settings):
            os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(tqdm.auto.tqdm, "update", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            explain(scene, scenes, iterations=500, progress=True)
        assert caught.value.explanation.interrupted


def test_a_bar_that_cannot_be(scene, scenes, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="tqdm"):
        explain(scene, scenes, iterations=2, progress=True)
    explain(scene, scenes, iterations=2)  # none is asked for: none is shown
