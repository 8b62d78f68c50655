// The barest dynamic provider: what the engine, the SDK and the host cost without us.
exports.check = async (_olds, news) => ({ inputs: news });
exports.diff = async (_id, olds, news) => ({ changes: olds.trigger !== news.trigger });
exports.create = async (inputs) => ({ id: inputs.name, outs: inputs });
exports.update = async (_id, _olds, news) => ({ outs: news });
exports.read = async (id, props) => ({ id, props });
exports.delete = async () => {};
