"""The notebook of the examples runs from its first cell to its last."""

import pytest
from conftest import ROOT

NOTEBOOK = ROOT / "examples" / "python" / "explain.ipynb"


def test_it_runs(tmp_path):
    pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    nbformat = pytest.importorskip("nbformat", reason="nbconvert is not installed")
    preprocessors = pytest.importorskip("nbconvert.preprocessors", reason="nbconvert is not installed")
    pytest.importorskip("matplotlib")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    kept = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # The pictures that readers see are of these cells.
    assert all(cell.execution_count == number for number, cell in enumerate(kept, start=1))
    runner = preprocessors.ExecutePreprocessor(timeout=600, kernel_name="python3")
    runner.preprocess(notebook, {"metadata": {"path": str(NOTEBOOK.parent)}})
    outputs = [output for cell in kept for output in cell.outputs]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 5
    text = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "evidence for star" in text and "ipywidgets" not in text
    assert str(ROOT) not in NOTEBOOK.read_text()
