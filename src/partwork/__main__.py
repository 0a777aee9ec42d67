"""`python -m partwork`: the command line, by whatever Python runs it."""

from partwork.cli.main import main

if __name__ == "__main__":
    main()
