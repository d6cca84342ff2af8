/* Sessions: what signing in with a browser leaves. The id is in a cookie that scripts cannot read (HttpOnly), that goes over TLS only
   (Secure; browsers take this machine itself for as safe) and with no other site's requests (SameSite=Strict, __Host-). It is looked up in the
   store with each request, so that a sign-out or a revoked token counts at once.

   What a page asks for in the name of who is signed in must come from our own pages: the browser's word for it (Sec-Fetch-Site,
   else Origin) and, for the forms of signed-in people's pages, a token that only those pages hold (`form_token`, a value of every page;
   write <input type="hidden" name="form_token" value="{{form_token}}"> into every form that posts). */
#ifndef HTTP_SESSION_H
#define HTTP_SESSION_H

#include "http/request.h"

#define SPI_SESSION_COOKIE "__Host-sportello"
#define SPI_SESSION_IDLE_S 1800
#define SPI_SESSION_LIMIT_S 36000

typedef enum spi_session_state { SPI_SESSION_NONE, SPI_SESSION_BOUND, SPI_SESSION_OVER, SPI_SESSION_FAILED } spi_session_state;

/* Make who is signed in the caller, where the request has the cookie. */
spi_session_state spi_session_bind(spi_request *request);
/* Whether a change may be made in the name of who is signed in. False with a 403 in place. */
bool spi_session_guard(spi_request *request);
/* Whether the browser says that our own page asks; nothing said (no browser) is `unsaid`. */
bool spi_session_is_own_page(const spi_request *request, bool unsaid);
/* What a form of a signed-in person's page sends along; NULL without a session. In the arena. */
const char *spi_session_form_token(const spi_request *request);

/* Lead to signing in, and from there back to this address. */
void spi_session_ask_for(spi_request *request);
/* GET /agent/sign-in once more, with a text about what went wrong (access.sign-in.error.…). In h_page_sign_in.c. */
void spi_page_sign_in_again(spi_request *request, const char *next, const char *error, int status);
/* Lead a browser to where the provider ends its own session, and drop our cookie; otherwise runs at the end. False: there is no provider, or it
   cannot be asked. In h_page_sign_in_provider.c. */
bool spi_provider_sign_out(spi_request *request, spi_handler *otherwise);
/* A page that the browser goes on from to an address of ours, by itself: then the cookie goes along where another site led here. In
   h_page_sign_in.c. */
void spi_page_go_on(spi_request *request, const char *address);
/* An address of ours to go on with after signing in; fallback when `next` is none. */
const char *spi_session_next(const char *next, const char *fallback);
/* A cookie of the request; NULL when it is not there. In the arena. */
const char *spi_session_cookie(const spi_request *request, const char *name);

/* Begin a session: hand over the write; `then` finds how it went in write->status. The write is in the arena. how: "token:5", "provider", for
   the audit log. */
sp_write *spi_session_begin(spi_request *request, const sp_session *who, const char *how, spi_handler *then);
/* Leave its cookie. */
void spi_session_set_cookie(spi_request *request, const char *id);
void spi_session_drop_cookie(spi_request *request);

/* Seconds without a request after which who is signed in is signed out. */
int64_t spi_session_idle_s(const spi_request *request);

#endif
