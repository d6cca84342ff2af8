"""For tests of what people do who mean no good: bytes as they are, on a connection of their own."""
import re
import socket

from service import PATIENCE


def connect(service, timeout=5):
    return socket.create_connection((service.host, service.port), timeout=timeout * PATIENCE)


def read_all(connection):
    """(what came, whether the other side closed)."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
        return received, True
    except ConnectionError:
        return received, True
    except TimeoutError:
        return received, False


def send(service, *pieces, timeout=5):
    with connect(service, timeout) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except ConnectionError:
            pass
        return read_all(connection)


def statuses(received):
    """Of the replies in it. libmicrohttpd begins its own refusals twice over; that is one."""
    heads = re.findall(rb"HTTP/1\.[01] (\d\d\d) [^\r]*\r\n(?:[^\r]+\r\n)*\r\n(?!HTTP)", received)
    return [int(status) for status in heads]
