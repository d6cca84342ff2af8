"""Sentence vectors from an embeddings server: a fake one, whose vectors are near when texts share words."""

import hashlib
import http.server
import json
import os
import re
import socket
import threading
import time
import unittest

from program import FAILED, NO, OK, USAGE, Case, Service, environment, eventually, run, write

DIMENSIONS = 64


def vector(text):
    """A bag of words: each has a place and a sign."""
    numbers = [0.0] * DIMENSIONS
    for word in re.findall(r'\w+', text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        numbers[digest[0] % DIMENSIONS] += 1 if digest[1] % 2 else -1
    numbers[0] += 0.5  # none is nothing
    return numbers


class Built(Case):
    def test_what_was_fetched_is_built_in(self):
        """Tests with e5 are skipped where the build has none: where its model is, it must have it."""
        build = os.environ.get('SPORTELLO_BUILD', os.path.join(os.path.dirname(__file__), '..', '..', 'build'))
        if not os.path.exists(os.path.join(build, 'e5', 'e5-small-q4.bin')):
            self.skipTest('the sentence encoder could not be fetched')
        done = run('ask', '--kb', self.path('nowhere'), '--encoder', 'e5', 'x')
        self.assertNotIn('no sentence encoder', done.err)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        fake = self.server.fake
        request = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        fake.goes_on.wait()
        if fake.dead:
            self.close_connection = True
            return
        if fake.key and self.headers.get('Authorization') != f'Bearer {fake.key}':
            given = self.headers.get('Authorization', 'none')
            return self.reply(401, {'error': {'message': f'wrong key: {given}'}})
        if self.path != '/v1/embeddings':
            return self.reply(404, {'detail': 'Not Found'})
        texts = request['input']
        if len(texts) > 32 or not all(texts):
            return self.reply(422, {'error': 'batch size > maximum allowed batch size 32, or an empty text'})
        with fake.lock:
            fake.models.append(request.get('model'))
            fake.texts += texts
        data = [{'index': i, 'embedding': vector(text)} for i, text in enumerate(texts)]
        self.reply(200, {'object': 'list', 'data': data[::-1], 'model': 'bag-of-words'})

    def reply(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Fake:
    """The server, from its making until stop()."""

    def __init__(self, key=None):
        self.key, self.dead, self.texts, self.models = key, False, [], []
        self.lock = threading.Lock()
        self.goes_on = threading.Event()  # cleared: it hangs
        self.goes_on.set()
        self.http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.http.daemon_threads = True
        self.http.fake = self
        self.address = f'http://127.0.0.1:{self.http.server_port}'
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        if not self.dead:
            self.dead = True
            self.goes_on.set()
            self.http.shutdown()
            self.http.server_close()

    def taken(self):
        """The texts that came since the last time."""
        with self.lock:
            texts, self.texts = self.texts, []
        return texts


class WithServer(Case):
    def setUp(self):
        super().setUp()
        self.dir, self.data = self.kb(), self.path('data')
        self.fake = self.server()

    def server(self, **more):
        fake = Fake(**more)
        self.addCleanup(fake.stop)
        return fake

    def encoder(self, fake=None, model='test'):
        return ['--encoder', (fake or self.fake).address, '--encoder-model', model]

    def index(self, *encoder):
        return self.ends(OK, 'index', '--kb', self.dir, '--data', self.data, *(encoder or self.encoder()))

    def service(self, *args):
        service = Service(self.dir, self.data, *self.encoder(), *args)
        self.addCleanup(service.__exit__)
        return service

    def samples(self, service):
        text = service.call('GET', '/metrics')[1]
        return {name: float(value) for name, value in re.findall(r'^sportello_(\w+) (\S+)$', text, re.M)}


class OnTheTerminal(WithServer):
    def test_index_and_ask(self):
        self.index()
        texts = self.fake.taken()
        self.assertTrue(any('il codice otp non arriva' in text.lower() for text in texts), texts)
        self.assertEqual(set(self.fake.models), {'test'})
        question = 'aspetto il codice che manda il gestore'
        done = run('ask', '--kb', self.dir, '--data', self.data, *self.encoder(), '--json', question)
        self.assertIn(done.code, (OK, NO), str(done))
        self.assertEqual(done.json()['articles'][0]['id'], 'otp', str(done))
        # the articles are not encoded again: a first text comes, and the question when words alone were not sure
        self.assertLessEqual(len(self.fake.taken()), 2)

    def test_a_server_that_moved_has_the_same_vectors_and_another_model_has_not(self):
        self.index()
        first = len(self.fake.taken())
        moved = self.server()
        self.index(*self.encoder(moved))
        self.assertLessEqual(len(moved.taken()), 1)
        self.index(*self.encoder(moved, 'other'))
        self.assertEqual(len(moved.taken()), first)

    def test_a_proxy_is_not_for_this_machine(self):
        env = environment(http_proxy='http://127.0.0.1:1', all_proxy='http://127.0.0.1:1')
        self.ends(OK, 'index', '--kb', self.dir, '--data', self.data, *self.encoder(), env=env)
        done = self.ends(FAILED, 'ask', '--kb', self.dir, '--encoder', 'http://embeddings.example', 'x', env=env)
        self.says(done, 'http://embeddings.example/v1/embeddings: ', 'cannot be reached', 'port 1')

    def test_the_key(self):
        fake, key = self.server(key='sk-1234567890'), self.path('key')
        write(key, 'sk-1234567890\n')
        self.index(*self.encoder(fake), '--encoder-key-file', key)
        self.assertTrue(fake.taken())
        write(key, 'sk-wrong-one\n')
        done = self.ends(
            FAILED, 'index', '--kb', self.dir, '--data', self.data, *self.encoder(fake), '--encoder-key-file', key
        )
        self.says(done, fake.address, 'answered 401: wrong key: Bearer *', '--encoder-key-file')
        self.assertNotIn('sk-wrong-one', done.out + done.err)
        done = self.ends(
            FAILED, 'ask', '--kb', self.dir, *self.encoder(fake), '--encoder-key-file', self.path('none'), 'x'
        )
        self.says(done, self.path('none'))


class NotThere(WithServer):
    def test_every_command_says_so_at_once(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            port = holder.getsockname()[1]
        given = ['--encoder', f'http://ugo:segreto@127.0.0.1:{port}']
        for args in (
            ['serve', '--kb', self.dir, '--data', self.data, '--listen', '127.0.0.1:0'],
            ['index', '--kb', self.dir, '--data', self.data],
            ['ask', '--kb', self.dir, 'otp'],
            ['search', '--kb', self.dir, 'otp'],
        ):
            with self.subTest(args=args):
                done = self.ends(FAILED, *args[:1], *given, *args[1:])
                self.says(done, f'sportello: http://127.0.0.1:{port}/v1/embeddings: ', 'cannot be reached', '--encoder')
                self.assertNotIn('segreto', done.out + done.err)

    def test_another_server_is_there(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            def answer():
                connection, _ = holder.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here\n')

            threading.Thread(target=answer, daemon=True).start()
            address = f'http://127.0.0.1:{holder.getsockname()[1]}'
            done = self.ends(FAILED, 'ask', '--kb', self.dir, '--encoder', address, 'otp')
        self.says(done, address, 'answered 404: not here', '--encoder-model')

    def test_a_server_that_does_not_answer(self):
        with socket.create_server(('127.0.0.1', 0)) as holder:
            address = f'http://127.0.0.1:{holder.getsockname()[1]}'
            done = self.ends(
                FAILED, 'ask', '--kb', self.dir, '--encoder', address, '--encoder-timeout', '100', 'otp'
            )
        self.says(done, address, 'longer than 100 ms', '--encoder-timeout')

    def test_an_address_that_means_nothing(self):
        done = self.ends(USAGE, 'ask', '--kb', self.dir, '--encoder', 'http://ugo:segreto@host:port', 'otp')
        self.says(done, '--encoder', 'http://host:port')
        self.assertNotIn('segreto', done.err)


class Serving(WithServer):
    # Words that no article has, so that words alone are not sure.
    QUESTION = 'aspetto ancora quel numerino che manda il gestore, cinque minuti sono passati'

    def chat(self, service, message):
        status, reply = service.call('POST', '/v1/chat', {'message': message})
        self.assertEqual(status, 200, reply)
        return reply

    def test_readiness_names_the_encoder(self):
        service = self.service()

        def state():
            _, state = service.call('GET', '/readyz')
            return state if not state['words_only'] else None

        ready = eventually(state)
        self.assertTrue(ready)
        self.assertEqual((ready['status'], ready['encoder']), ('ready', f'openai test ({DIMENSIONS})'))
        self.assertEqual(self.samples(service)['words_only'], 0)

    def test_it_does_not_start_without_its_server(self):
        self.fake.stop()
        done = self.ends(
            FAILED, 'serve', '--kb', self.dir, '--data', self.data, '--listen', '127.0.0.1:0', *self.encoder()
        )
        self.says(done, 'cannot be reached')
        self.assertFalse(os.path.exists(os.path.join(self.data, 'vectors')))

    def test_questions_are_encoded_once(self):
        service = self.service('--encoder-deadline', '20000')
        self.assertTrue(eventually(lambda: not service.call('GET', '/readyz')[1]['words_only']))
        self.fake.taken()
        self.chat(service, self.QUESTION)
        self.chat(service, self.QUESTION.upper())
        texts = self.fake.taken()
        self.assertEqual(len(texts), 1, texts)
        self.assertIn('quel numerino', texts[0])
        samples = self.samples(service)
        self.assertEqual(samples['encoder_asked_total'], 2)
        self.assertEqual(samples['encoder_remembered_total'], 1)
        self.assertEqual(samples['encoder_failed_total'], 0)

    def test_a_server_that_dies_leaves_the_words(self):
        service = self.service('--encoder-deadline', '20000')
        self.assertTrue(eventually(lambda: not service.call('GET', '/readyz')[1]['words_only']))
        self.chat(service, self.QUESTION)
        self.fake.stop()
        self.assertEqual(self.chat(service, 'il codice otp non arriva')['article']['id'], 'otp')
        self.chat(service, 'un altro numerino, che manda il gestore di quella cosa')
        samples = self.samples(service)
        self.assertGreaterEqual(samples['encoder_failed_total'], 1)
        self.assertEqual(samples['encoder_late_total'], 0)
        self.assertEqual(service.call('GET', '/readyz')[0], 200)
        code, err = service.stop()
        self.assertEqual(code, OK, err)

    def test_questions_wait_together_and_keep_nobody_else_waiting(self):
        service = self.service('--encoder-deadline', '20000', '--threads', '1')
        self.assertTrue(eventually(lambda: not service.call('GET', '/readyz')[1]['words_only']))
        self.fake.goes_on.clear()
        before = len(self.fake.models)
        replies = []
        askers = [
            threading.Thread(target=lambda i=i: replies.append(self.chat(service, f'{self.QUESTION} {"x" * (i + 3)}')))
            for i in range(9)
        ]
        for asker in askers:
            asker.start()
        self.assertTrue(eventually(lambda: self.samples(service)['encoder_asked_total'] == 9))
        self.assertEqual(self.chat(service, 'il codice otp non arriva')['article']['id'], 'otp')
        self.assertEqual(replies, [])
        self.fake.goes_on.set()
        for asker in askers:
            asker.join()
        self.assertEqual(len(replies), 9)
        self.assertLess(len(self.fake.models) - before, 5)
        samples = self.samples(service)
        self.assertEqual(samples['encoder_encoded_total'], 9)
        self.assertEqual(samples['chat_by_vectors_total'], 9)
        self.assertEqual(samples['chat_by_words_total'], 1)

    def test_a_server_that_hangs_does_not_keep_the_program_from_ending(self):
        service = self.service('--encoder-deadline', '100', '--encoder-timeout', '60000')
        self.assertTrue(eventually(lambda: not service.call('GET', '/readyz')[1]['words_only']))
        self.fake.goes_on.clear()
        self.chat(service, self.QUESTION)
        self.assertEqual(self.samples(service)['encoder_late_total'], 1)
        began = time.monotonic()
        code, err = service.stop()
        self.assertEqual(code, OK, err)
        self.assertLess(time.monotonic() - began, 10)


if __name__ == '__main__':
    unittest.main()
