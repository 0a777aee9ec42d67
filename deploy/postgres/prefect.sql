-- PostgreSQL's image runs this once, on a new volume: it makes Partwork's database by itself.
CREATE DATABASE prefect OWNER partwork;
