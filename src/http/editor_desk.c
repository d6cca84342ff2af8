/* The editors' page in a service: a workbench that is opened when the first editor comes, and what of it each may be told of. What is read
   depends on the audience alone, also for editors. */
#include "http/editor.h"

/* Where it is opened nobody serves by it yet: who comes meanwhile waits for that moment. */
static sp_workbench *open_once(sp_server *server, sp_error *err)
{
	pthread_mutex_lock(&server->desk.lock);
	sp_workbench *workbench = server->desk.workbench;
	if (!workbench && !server->desk.closes && sp_workbench_open(server->options.publisher, server->options.kb_dir, &workbench, err) == SP_OK)
		server->desk.workbench = workbench;
	pthread_mutex_unlock(&server->desk.lock);
	return workbench;
}

sp_workbench *spi_editor_workbench(spi_request *request)
{
	sp_server *server = request->worker->server;
	sp_error err = {0};
	if (server->options.workbench)
		return server->options.workbench;
	sp_workbench *workbench = open_once(server, &err);
	if (!workbench)
		spi_reply_error(request, err.status ? err.status : SP_ERR_BUSY, &err);
	return workbench;
}

void spi_editor_hurry(sp_server *server)
{
	pthread_mutex_lock(&server->desk.lock);
	server->desk.closes = true;
	if (server->desk.workbench)
		sp_workbench_hurry(server->desk.workbench);
	pthread_mutex_unlock(&server->desk.lock);
}

/* Findings name other articles, and files what is written for other readers: they are for who may read everything. */
const sp_bench *spi_editor_narrow(const spi_request *request, const sp_bench *bench)
{
	const spi_editor *e = request->editor;
	if (e->sees_all)
		return bench;
	sp_bench *narrow = sp_arena_calloc(request->arena, 1, sizeof *narrow);
	sp_bench_article *articles = sp_arena_calloc(request->arena, bench->count + 1, sizeof *articles);
	if (!narrow || !articles)
		return NULL;
	*narrow = (sp_bench){.number = bench->number, .articles = articles, .words_only = bench->words_only, .encoding = bench->encoding};
	/* By another kb.yaml its audiences may be others: until it is made anew nothing is told. */
	for (size_t i = 0; bench->config_hash == request->config->hash && i < bench->count; i++) {
		if (!(bench->articles[i].audience & e->sees))
			continue;
		articles[narrow->count] = bench->articles[i];
		articles[narrow->count].audience &= e->sees;
		articles[narrow->count].errors = articles[narrow->count].others = 0;
		if (bench->articles[i].is_broken) /* its readers are those of its last good text; what its title says now may be for others */
			articles[narrow->count].title = bench->articles[i].id;
		narrow->count++;
	}
	return narrow;
}
