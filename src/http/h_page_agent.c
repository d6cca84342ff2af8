/* GET /agent/: until the console is there, who is signed in and the way out. */
#include "http/pages.h"

void spi_h_page_agent(spi_request *request)
{
	spi_value *page = spi_page_new(request);
	spi_put_text(page, "title", spi_page_text(request, "access.home.title"));
	spi_put_bool(page, "noindex", true);
	spi_page_send(request, "agent", page, 200);
}
