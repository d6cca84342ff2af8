#include "server_bed.h"

#include "harness.h"

#include "base/hash.h"
#include "sportello/buffer.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <math.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX (256 << 10)

/* ---- the server ---- */

/* What the server gives for a text: of no particular length. */
static void raw_vector(const char *text, size_t len, size_t dimensions, double *ret)
{
	uint64_t state = spi_hash64(text, len);
	for (size_t i = 0; i < dimensions; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		ret[i] = round(((double)(state >> 40) / (1 << 24) - 0.5) * 6e6) / 1e6;
	}
}

static void write_vectors(const fake_server *f, const json_t *input, const char *model, sp_buffer *out)
{
	sp_json json;
	double *vector = malloc(f->dimensions * sizeof *vector);
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "object", "list");
	sp_json_string(&json, "model", f->model ? f->model : model);
	sp_json_array(&json, "data");
	for (size_t i = 0, count = json_array_size(input); i < count; i++) {
		size_t at = f->backwards ? count - 1 - i : i;
		const json_t *text = json_array_get(input, at);
		raw_vector(json_string_value(text), json_string_length(text), f->dimensions, vector);
		sp_json_object(&json, NULL);
		sp_json_array(&json, "embedding");
		for (size_t k = 0; k < f->dimensions; k++)
			sp_json_number(&json, NULL, vector[k], 6);
		sp_json_array_end(&json);
		sp_json_int(&json, "index", (int64_t)at);
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	free(vector);
}

static void note(fake_server *f, const char *head, const json_t *root)
{
	const json_t *input = json_object_get(root, "input"), *model = json_object_get(root, "model");
	const json_t *format = json_object_get(root, "encoding_format");
	size_t count = json_array_size(input);
	f->requests++;
	f->texts += (unsigned)count;
	f->largest = count > f->largest ? (unsigned)count : f->largest;
	snprintf(f->head, sizeof f->head, "%s", head);
	snprintf(f->asked_model, sizeof f->asked_model, "%s", model ? json_string_value(model) : "");
	f->wants_floats = json_is_string(format) && strcmp(json_string_value(format), "float") == 0;
	if (count)
		snprintf(f->last, sizeof f->last, "%s", json_string_value(json_array_get(input, count - 1)));
}

static void send_all(int fd, const char *data, size_t len)
{
	for (ssize_t n; len > 0 && (n = send(fd, data, len, MSG_NOSIGNAL)) > 0; data += n)
		len -= (size_t)n;
}

/* False: the connection ends. */
static bool reply(server_connection *c, const char *head, const char *body)
{
	fake_server *f = c->server;
	sp_buffer out = SP_BUFFER_INIT, whole = SP_BUFFER_INIT;
	json_t *root = json_loads(body, 0, NULL);
	pthread_mutex_lock(&f->lock);
	note(f, head, root);
	bool spared = f->spared > 0, drops = f->drops_next;
	bool is_bad = !spared && (f->body || f->busy > 0);
	f->spared -= spared;
	f->busy -= is_bad && !f->body;
	f->drops_next = false;
	if (is_bad)
		sp_buffer_add_text(&out, f->body);
	else
		write_vectors(f, json_object_get(root, "input"), f->asked_model, &out);
	sp_buffer_printf(&whole, "HTTP/1.1 %d Said\r\n%sContent-Length: %zu\r\n\r\n", is_bad && f->status ? f->status : 200,
		is_bad && f->headers ? f->headers : "", out.len + (f->breaks_off && !spared ? 100 : 0));
	sp_buffer_add(&whole, out.data, out.len);
	bool ends = drops || f->closes || f->breaks_off;
	unsigned delay_ms = spared ? 0 : f->delay_ms;
	pthread_mutex_unlock(&f->lock);
	usleep(delay_ms * 1000);
	if (!drops)
		send_all(c->fd, whole.data, whole.len);
	json_decref(root);
	sp_buffer_release(&out);
	sp_buffer_release(&whole);
	return !ends;
}

/* Read one request. False: the other side has gone. */
static bool take_request(server_connection *c, char *text)
{
	size_t have = 0, want = 0;
	for (char *end = NULL; !end || have < want;) {
		ssize_t n = recv(c->fd, text + have, REQUEST_MAX - 1 - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
		text[have] = '\0';
		const char *length = strcasestr(text, "content-length:");
		if ((end = strstr(text, "\r\n\r\n")))
			want = (size_t)(end + 4 - text) + (length ? strtoul(length + 15, NULL, 10) : 0);
	}
	return true;
}

static void *serve(void *arg)
{
	server_connection *c = arg;
	char *text = malloc(REQUEST_MAX);
	while (take_request(c, text)) {
		char *body = strstr(text, "\r\n\r\n");
		*body = '\0';
		if (!reply(c, text, body + 4))
			break;
	}
	free(text);
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static void *listen_on(void *arg)
{
	fake_server *f = arg;
	for (int fd; (fd = accept(f->listener, NULL, NULL)) >= 0;) {
		pthread_mutex_lock(&f->lock);
		bool has_room = f->connections_count < CONNECTIONS_MAX;
		server_connection *c = &f->connections[f->connections_count];
		if (has_room) {
			*c = (server_connection){.server = f, .fd = fd};
			f->connections_count++;
			pthread_create(&c->thread, NULL, serve, c);
		} else {
			close(fd);
		}
		pthread_mutex_unlock(&f->lock);
	}
	return NULL;
}

void start_server(fake_server *f)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	pthread_mutex_init(&f->lock, NULL);
	if (!f->dimensions)
		f->dimensions = DIMENSIONS;
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(f->listener, (struct sockaddr *)&at, sizeof at), 0);
	CHECK_INT(listen(f->listener, 16), 0);
	CHECK_INT(getsockname(f->listener, (struct sockaddr *)&at, &len), 0);
	f->port = ntohs(at.sin_port);
	pthread_create(&f->thread, NULL, listen_on, f);
}

void stop_server(fake_server *f)
{
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
	for (size_t i = 0; i < f->connections_count; i++) {
		shutdown(f->connections[i].fd, SHUT_RDWR);
		pthread_join(f->connections[i].thread, NULL);
		close(f->connections[i].fd);
	}
	pthread_mutex_destroy(&f->lock);
}

/* ---- server and encoder ---- */

sp_status open_server_bed(bed *b, const char *path)
{
	if (!b->fake.port)
		start_server(&b->fake);
	if (!b->settings.name)
		snprintf(b->address, sizeof b->address, "http://127.0.0.1:%u%s", b->fake.port, path);
	b->settings.name = b->address;
	sp_error_clear(&b->err);
	return sp_encoder_new(&b->settings, &b->encoder, &b->err);
}

void close_server_bed(bed *b)
{
	sp_encoder_free(b->encoder);
	stop_server(&b->fake);
}

sp_status encode_one(bed *b, sp_encode_role role, const char *text, float *ret)
{
	size_t len = strlen(text);
	sp_error_clear(&b->err);
	return sp_encoder_encode(b->encoder, role, &text, &len, 1, ret, NULL, &b->err);
}

double distance(const float *vector, const char *text)
{
	double raw[DIMENSIONS], sum = 0, far = 0;
	raw_vector(text, strlen(text), DIMENSIONS, raw);
	for (size_t i = 0; i < DIMENSIONS; i++)
		sum += raw[i] * raw[i];
	for (size_t i = 0; i < DIMENSIONS; i++)
		far = fmax(far, fabs(vector[i] - raw[i] / sqrt(sum)));
	return far;
}
