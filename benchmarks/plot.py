"""The plot of what a call costs against the number of profiles: an SVG for light and dark pages."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

_CSS = Path(__file__).with_name("plot.css")
_MARGIN = 1.1
"""The plot's height, in relation to its highest value."""

# pygal's import hook causes warnings on newer Pythons.
sys.meta_path[:] = [
    finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)
]


def draw(file: Path, title: str, sizes: Sequence[int], series: Mapping[str, list[float]]) -> None:
    """Draws one line for each call.

    Args:
        file: Where the SVG goes.
        title: What it shows, with the unit.
        sizes: Numbers of profiles, each ten times the one before.
        series: For each call, its cost at each of the sizes.
    """
    chart = pygal.Line(
        style=Style(
            font_family="sans-serif",
            title_font_size=17,
            label_font_size=14,
            major_label_font_size=14,
            legend_font_size=14,
        ),
        title=title,
        x_title="profiles in the account",
        width=860,
        height=440,
        margin=16,
        range=(0, _MARGIN * max(max(values) for values in series.values())),
        legend_at_bottom=True,
        legend_at_bottom_columns=len(series),
        dots_size=4,
        css=[f"inline:{_CSS.read_text('utf-8')}"],
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
    )
    chart.x_labels = [f"{size:,}" for size in sizes]
    for name, values in series.items():
        chart.add(name, values)
    chart.add_xml_filter(_remove_scripts)
    file.write_text(chart.render(is_unicode=True) + "\n", "utf-8")


def _remove_scripts(drawing: Element) -> Element:
    """Removes scripts from a drawing, which do not run in an image."""
    for parent in list(drawing.iter()):
        for script in parent.findall("script"):
            parent.remove(script)
    return drawing
