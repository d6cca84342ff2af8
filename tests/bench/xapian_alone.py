#!/usr/bin/python3
"""The limit of our search path: Xapian's own query alone, over the index that the service made (Debian's python3-xapian).

usage: xapian_alone.py INDEX WORDS SECONDS
Any of the words of each line of WORDS, BM25, the best 20 with their data, in turn for so many seconds, in one process; prints queries
a second and the 99th percentile in milliseconds.
"""
import sys
import time

import xapian


def main():
    index, path, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    database, stem = xapian.Database(index), xapian.Stem('it')
    with open(path, encoding='utf-8') as file:
        queries = [xapian.Query(xapian.Query.OP_OR, [stem(word.encode()).decode() for word in line.split()]) for line in file if line.split()]
    times, began = [], time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        enquire = xapian.Enquire(database)
        enquire.set_query(queries[len(times) % len(queries)])
        for match in enquire.get_mset(0, 20):
            match.document.get_data()
        times.append(time.perf_counter() - start)
    took = time.perf_counter() - began
    print(f'{len(times) / took:.0f} {sorted(times)[len(times) * 99 // 100] * 1000:.2f}')


if __name__ == '__main__':
    main()
