from benchmarks.composing import summarise, themes

HEAP = "A heap of leaves and straw turns into dark compost. It warms up within hours."
BOX = "Worms eat peelings in a box. Their castings feed seedlings in spring."


def test_a_summary_has_whole_sentences_of_every_document_within_its_budget() -> None:
    summary = summarise([HEAP, BOX], 20)

    assert sum(len(sentence.split()) for sentence in summary) <= 20
    assert all(sentence in f"{HEAP} {BOX}" for sentence in summary)
    assert {sentence in HEAP for sentence in summary} == {True, False}


def test_every_section_has_the_number_of_one_of_so_many_parts() -> None:
    articles = [
        {"source": source, "sections": [{"heading": "", "text": text} for text in (HEAP, BOX)]}
        for source in ("a", "b")
    ]

    assert themes(articles, 2) in ([[0, 1], [0, 1]], [[1, 0], [1, 0]])
    assert themes(articles, 1) == [[0, 0], [0, 0]]
