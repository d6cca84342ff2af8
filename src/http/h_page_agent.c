/* GET /agent/: the agents' search, and the frame of all pages of the console. */
#include "http/agent.h"

#include "sportello/catalog.h"

/* ---- frame ---- */

void spi_agent_put_frame(const spi_request *request, spi_value *page, spi_agent_part at, const char *title)
{
	static const char *const parts[] = {"at_search", "at_tickets", "at_training", "at_receipts"};
	const spi_caller *caller = &request->caller;
	spi_put_text(page, "title", title);
	spi_put_bool(page, parts[at], true);
	if (!caller->subject || caller->audience < 0)
		return;
	spi_value *who = spi_put_object(page, "who");
	spi_put_text(who, "subject", caller->subject);
	spi_put_text(who, "audience_name", sp_texts_get(&request->config->audiences[caller->audience].name, request->lang));
}

/* ---- search ---- */

static sp_status compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	(void)index, (void)err;
	spi_agent_put_frame(request, page, SPI_AGENT_SEARCH, spi_page_text(request, "agent.search.title"));
	return SP_OK;
}

void spi_h_page_agent(spi_request *request)
{
	spi_page_serve(request, "agent", compose);
}
