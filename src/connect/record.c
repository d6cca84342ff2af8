/* Systems that keep a record of each ticket: what was begun and may have arrived is looked for before it is sent again, and after: an attempt may
   outlast every time that one waits. */
#include "connect/maker.h"

#include <stdio.h>
#include <string.h>

static void expect(const spi_records *kind, const spi_link *link, spi_sent *ret)
{
	if (ret->answer.outcome != SPI_DONE || kind->read(json_object_get(ret->answer.json, kind->member), link->arena, ret))
		return;
	ret->answer.outcome = SPI_UNSURE;
	ret->answer.cause = SP_CAUSE_ODD;
	snprintf(ret->answer.why, sizeof ret->answer.why, "HTTP %ld without a record in \"%s\"", ret->answer.status, kind->member);
}

/* An attempt that nobody waited for any more may have got there between looking and sending: then there are two. The older one counts, as it does
   whenever it is looked for; the other was made a moment ago, and nobody has worked on it. What cannot be found out changes nothing. */
static void look_again(const spi_records *kind, const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	spi_sent two = {0};
	spi_answer withdrawing = {.outcome = SPI_AGAIN};
	kind->find(link, out, &two);
	spi_answer_clear(&two.answer);
	if (!two.found || (strcmp(two.remote, ret->remote) == 0 && !two.second[0]))
		return;
	if (strcmp(two.remote, ret->remote) != 0) {
		memcpy(two.second, ret->remote, sizeof two.second);
		memcpy(two.second_label, ret->label, sizeof two.second_label);
	}
	if (kind->withdraw)
		kind->withdraw(link, out, &two, &withdrawing);
	two.found = strcmp(two.remote, ret->remote) != 0;
	two.withdrawn = withdrawing.outcome == SPI_DONE;
	spi_answer_clear(&withdrawing);
	spi_answer_clear(&ret->answer);
	two.answer = (spi_answer){.outcome = SPI_DONE};
	*ret = two;
}

void spi_record_open(const spi_records *kind, const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	sp_buffer body = SP_BUFFER_INIT;
	if (out->entry.unsure) {
		kind->find(link, out, ret);
		if (ret->found || ret->answer.outcome != SPI_DONE)
			return;
		spi_answer_clear(&ret->answer);
	}
	kind->write_ticket(link, out, &body);
	kind->send_ticket(link, out, &body, &ret->answer);
	expect(kind, link, ret);
	if (out->entry.unsure && ret->answer.outcome == SPI_DONE)
		look_again(kind, link, out, ret);
	sp_buffer_release(&body);
}

void spi_record_change(const spi_records *kind, const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	sp_buffer text = SP_BUFFER_INIT, body = SP_BUFFER_INIT;
	bool has_text = spi_describe_change(link->settings, out, link->arena, &text), is_clear = true;
	if (has_text && out->entry.unsure) {
		has_text = !kind->is_told(link, out, &ret->answer);
		is_clear = ret->answer.outcome == SPI_DONE;
		if (is_clear)
			spi_answer_clear(&ret->answer);
	}
	if (is_clear) {
		kind->write_change(link, out, has_text ? sp_buffer_text(&text) : NULL, &body);
		kind->send_change(link, out, &body, &ret->answer);
		expect(kind, link, ret);
	}
	sp_buffer_release(&text);
	sp_buffer_release(&body);
}
