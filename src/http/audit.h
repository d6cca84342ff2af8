/* What handlers note in the audit log (sportello/audit.h says what belongs there, and what must not).

   With a write it goes in that write's transaction: spi_audit_with(). What is only read is noted beside the replies, many at once;
   nothing of it is lost when the service stops in order. What may be shown only after it was noted (masked data) waits for that:
   spi_audit_first(). */
#ifndef HTTP_AUDIT_H
#define HTTP_AUDIT_H

#include "http/request.h"
#include "sportello/audit.h"

/* Note with a write that the caller did this. object NULL: what the write makes or changes. Texts are copied. False, with a 503 in place,
   when memory is out: then do not write. */
bool spi_audit_with(spi_request *request, sp_write *write, sp_audit_action action, const char *object, const char *detail);
/* Note it on disk, then go on with `then`, where the write's status (request->data is the handler's own: keep the write there) says whether it
   is. NULL, with a 503 in place, when memory is out. */
sp_write *spi_audit_first(spi_request *request, sp_audit_action action, const char *object, const char *detail, spi_handler *then);
/* Note it soon. False, with a 503 in place, when the log could not be written for so long that nothing more may be shown. */
bool spi_audit_soon(spi_request *request, sp_audit_action action, const char *object, const char *detail);
/* Note that an article was read, where it is not for citizens, or has a block that is not; then request->is_noted.
   As spi_audit_soon(). */
bool spi_audit_article(spi_request *request, const sp_record *record);
/* Note of what a search found whose text (a snippet) is shown and is not for citizens; nothing of it twice in SPI_SHOWN_S, so that a search
   that is typed is noted once. Never what was looked for: people write of citizens. As spi_audit_soon(). */
bool spi_audit_hits(spi_request *request, const sp_hit *hits, size_t count);
/* Note a sign-in that was refused; not more of them than somebody could read. how and why are static words, subject may be NULL. */
void spi_audit_refused(spi_request *request, const char *subject, const char *how, const char *why);

#endif
