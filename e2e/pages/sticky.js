// An engine that hands over no streams, in the page and in a worker.
{
  const refused = (transfer) => transfer?.some?.((v) => v instanceof ReadableStream);
  const deny = (object) => {
    const { postMessage } = object;
    object.postMessage = function (message, transfer) {
      if (refused(transfer)) throw new DOMException('of the test', 'DataCloneError');
      return postMessage.call(this, message, transfer);
    };
  };
  deny(globalThis.document ? Worker.prototype : globalThis);
  deny(MessagePort.prototype);
}
