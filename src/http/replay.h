/* A replay: people who do not exist, at moments that are over. Only a service that was started for it (sp_server_options.replay_dir) takes
   part, and only an administrator's token may say so, in the header Sportello-Replay of each call:

     Sportello-Replay: at=1612345678; kb=<fingerprint>; place=2; person=17

   at: seconds, the moment that is written into the store and the ledger (never the audit log); kb: the knowledge base that it is played
   against; place: of a turn or feedback among all of its conversation, from 1; person: who it is. What has its place already is not written
   again: who does not know whether a call arrived, because the service was killed, makes it again. */
#ifndef HTTP_REPLAY_H
#define HTTP_REPLAY_H

#include "http/request.h"
#include "http/turn.h"

typedef struct spi_replay {
	int64_t at_utc_s;
	uint32_t place;     /* 0 = not said */
	const char *person; /* as sp_person_of_text() gives it; NULL = not said */
} spi_replay;

/* Read the header, where there is one, once the caller is known. False with a problem in place. */
bool spi_replay_bind(spi_request *request);
/* What came before a turn that has its place. @p said: what the person said before, for a turn that is repeated; NULL = nothing.
   False with a problem in place; turn->is_repeated: it is stored already. */
bool spi_replay_look_back(spi_request *request, spi_turn *turn, const sp_strings *said);
/* Whether what comes at this place is stored already; @p places: that are taken. */
bool spi_replay_is_there(const spi_request *request, uint32_t places);

#endif
