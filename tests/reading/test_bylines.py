"""Who wrote a text."""

import pytest

from partwork.reading.bylines import author_in, author_in_bio, byline_in


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ottoline Varga", "Ottoline Varga"),
        ("Written by Ottoline Varga, RN", "Ottoline Varga"),
        ("by Ottoline Varga and Ilse de Maron", "Ottoline Varga and Ilse de Maron"),
        ("Ottoline Varga | Staff writer | @ovarga", "Ottoline Varga"),
        ("Author: Ottoline J. Varga", "Ottoline J. Varga"),
        ("Words: Ottoline Varga | 4 May 2023", "Ottoline Varga"),
        ("Posted on May 4, 2023 by Ottoline Varga · 14 Comments", "Ottoline Varga"),
        ("By Dr. Ilse Maron, Clinical Psychologist", "Dr. Ilse Maron"),
        ("BY OTTOLINE VARGA", "Ottoline Varga"),
        ("BY OTTOLINE VARGA NOV 19, 2019", "Ottoline Varga"),
        ("Written by Ottoline Varga on 19 November 2019 at 8:15 pm", "Ottoline Varga"),
        ("By Ottoline Varga Updated Nov 19, 2019", "Ottoline Varga"),
        ("By Ottoline Varga - 05/23/18 07:30 AM EST", "Ottoline Varga"),
        ("Posted in Kitchen by Ottoline Varga on November 19, 2019", "Ottoline Varga"),
        ("Posted November 19, 2019 by Ottoline Varga in Kitchen", "Ottoline Varga"),
        ("Kettles·4 min read·By Ottoline Varga", "Ottoline Varga"),
        ("By | Ottoline Varga", "Ottoline Varga"),
        ("A guest post by Ottoline Varga", "Ottoline Varga"),
        ("Text: Ottoline Varga", "Ottoline Varga"),
        ("Words by Ottoline Varga, photographs by Ilse Maron", "Ottoline Varga"),
        ("Written by Ottoline Varga — Medically reviewed by Ilse Maron, PhD", "Ottoline Varga"),
        ("Medically reviewed by Ilse Maron, MD — By Ottoline Varga", "Ottoline Varga"),
        ("By Ottoline Varga for The Kettle Times", "Ottoline Varga"),
        ("By Ottoline Varga, The Kettle Times", "Ottoline Varga"),
        ("By Ottoline Varga MD", "Ottoline Varga"),
        ("By Ottoline Varga, M.D., Ph.D.", "Ottoline Varga"),
        ("By Ottoline Varga, LCSW, CADC", "Ottoline Varga"),
        ("By Ottoline Varga, MD, and Ilse Maron, PhD", "Ottoline Varga and Ilse Maron"),
        (
            "By Ottoline Varga, Ilse Maron, and Odo Brandt",
            "Ottoline Varga, Ilse Maron, and Odo Brandt",
        ),
        ("By Ludwig van der Rohe", "Ludwig van der Rohe"),
        ("By J. R. Varga", "J. R. Varga"),
        ("By María José de la Peña y Ruiz", "María José de la Peña y Ruiz"),
        ("By The Kettle Team", "The Kettle Team"),
        ("Von Ottoline Varga", "Ottoline Varga"),
        ("Publié le 19 novembre 2019 par Ottoline Varga", "Ottoline Varga"),
        ("Written by Ottoline", "Ottoline"),
        ("BY J.B. VAN DER O'NEIL AND JR MARON", "J.B. van der O'Neil and JR Maron"),
    ],
)
def test_a_byline_gives_the_name(line, name):
    assert byline_in(line) == name


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the kettle had gone",
        "By 2030",
        "by admin",
        "Written by Admin",
        "Standing By Me",
        "By the Sea",
        "By Monday Morning We Were Gone",
        "By Lake Geneva, in the wet summer of a year without sun, nobody went out.",
        "Medically reviewed by Ilse Maron, MD",
        "May 4, 2023 | Reviewed by Ilse Maron",
        "Photo by Ilse Maron",
        "Edited by Ilse Maron",
        "By Kettle ReviewsJust Kettles",
    ],
)
def test_other_lines_are_no_bylines(line):
    assert byline_in(line) == ""


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["By", "Ottoline Varga"], "Ottoline Varga"),
        (["Written by:", "Ottoline Varga, MD", "Nov 19, 2019"], "Ottoline Varga"),
        (["By", "Ottoline Varga", "and", "Ilse Maron"], "Ottoline Varga and Ilse Maron"),
        (["By", "Ottoline", "Nov 19, 2019"], "Ottoline"),
        (["Author", "Recent Posts"], ""),
        (["By", "admin"], ""),
        (["Medically reviewed by", "Ilse Maron, MD", "Nov 19, 2019"], ""),
        (["Reviewed by Ilse Maron", "Ottoline Varga", "Nov 19, 2019"], "Ottoline Varga"),
        (["Ottoline Varga - Nov 19, 2019, 8:15 pm"], "Ottoline Varga"),
        (["Ottoline Varga / Nov 19, 2019"], "Ottoline Varga"),
        (["Ottoline Varga — Tuesday, November 19th, 2019"], "Ottoline Varga"),
        (["Ottoline Varga on November 19, 2019"], "Ottoline Varga"),
        (["Ottoline Varga in Paris", "Tue 19 Nov 2019 06.00 GMT"], "Ottoline Varga"),
        (["OTTOLINE VARGA", "8:15 pm, 19 November 2019"], "Ottoline Varga"),
        (["Nov 19, 2019 | Kettle Reviews"], ""),
        (["Kettle Market May 4, 2023 (Noon) Prices"], ""),
    ],
)
def test_the_lines_below_the_title_name_the_author(lines, name):
    assert author_in(lines, []) == name


def test_a_byline_below_the_title_goes_before_one_above_it():
    assert author_in(["By Ottoline Varga"], ["By Ilse Maron"]) == "Ottoline Varga"
    assert author_in([], ["By Ilse Maron"]) == "Ilse Maron"


def test_a_name_below_the_cue_of_a_bio_is_the_author():
    assert author_in_bio(["Comments", "About the author:", "Ottoline Varga"]) == "Ottoline Varga"
    assert author_in_bio(["About the author", "She writes of kettles."]) == ""
