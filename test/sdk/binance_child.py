"""Calls Binance's official SDK for somebody else: one order per line on standard input, one answer per line on standard output."""

import ipaddress
import json
import logging
import os
import socket
import sys

from binance_common.configuration import ConfigurationRestAPI
from binance_common.errors import ClientError
from binance_common.errors import Error as SdkError
from binance_common.utils import send_request
from binance_sdk_sub_account.sub_account import SubAccount

connect = socket.socket.connect


def connect_to_loopback(self, address):
    """The SDK knows the real exchange's address: nothing may ever go there."""
    if not ipaddress.ip_address(address[0]).is_loopback:
        raise SystemExit("this is for a sandbox on loopback only")
    return connect(self, address)


socket.socket.connect = connect_to_loopback


complaints = []


class Complaints(logging.Handler):
    """The SDK only warns of an answer that is not as its models say. It has none for a deletion, and warns of each."""

    def emit(self, record):
        if "type object 'object'" not in record.getMessage():
            complaints.append(record.getMessage())


logging.getLogger().addHandler(Complaints(logging.WARNING))


def plain(data):
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data if isinstance(data, dict) else data.to_dict()


def method_of(configuration, name):
    api = SubAccount(configuration).rest_api
    if name != "send_request":
        return getattr(api, name)
    # Below `send_signed_request`, which fails in this version before it sends anything.
    return lambda **asked: send_request(api._session, api.configuration, is_signed=True, signer=api._signer, **asked)


def answer(order):
    configuration = ConfigurationRestAPI(
        api_key=order["apiKey"],
        api_secret=order["secret"],
        base_path=os.environ["SANDBOX_ENDPOINT"],
        timeout=10000,
        retries=0,
    )
    call = method_of(configuration, order["method"])
    complaints.clear()
    try:
        data = plain(call(**order["params"]).data())
        return {"data": data, "complaints": complaints}
    except SdkError as error:
        return {"error": type(error).__name__, "code": getattr(error, "status_code", None)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
