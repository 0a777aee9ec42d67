"""How far something has been read is kept under its name."""

from partwork.store.positions import load_position, save_position


def test_what_was_never_read_is_read_from_its_beginning(engine):
    with engine.begin() as connection:
        assert load_position(connection, "a folder") == 0


def test_each_name_has_the_last_place_that_was_reached_in_it(engine):
    with engine.begin() as connection:
        save_position(connection, "a folder", 2**62)
        save_position(connection, "another", 5)
        save_position(connection, "a folder", 7)

        assert load_position(connection, "a folder") == 7
        assert load_position(connection, "another") == 5
