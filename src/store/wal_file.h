/* SQLite writes each page of its log in two calls of the system; here those of a commit go out in one. */
#ifndef STORE_WAL_FILE_H
#define STORE_WAL_FILE_H

/* Name of a VFS that is the system's own but for that; NULL: there is none (memory is out), and the system's own will do. Only for a connection
   with synchronous=FULL: what was written is there for other connections once it is synced, and with that setting SQLite tells nobody of it before.
   Any thread. */
const char *spi_wal_vfs(void);

#endif
