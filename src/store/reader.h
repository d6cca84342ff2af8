/* A reader: an engine and its connection (store.c opens it, report.c counts with it). */
#ifndef STORE_READER_H
#define STORE_READER_H

#include "store/engine.h"

struct sp_store_reader {
	const spi_engine *engine;
	void *db;
};

#endif
