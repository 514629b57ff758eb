import AsyncHTTPClient
import Instrumentation

/// Where a request says which trace it is a part of.
struct TraceFields: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout HTTPClientRequest) {
        carrier.headers.replaceOrAdd(name: key, value: value)
    }
}
