import HTTPTypes
import Tracing

/// Where a request says which trace it is a part of.
struct TraceFields: Extractor {
    func extract(key: String, from carrier: HTTPFields) -> String? { HTTPField.Name(key).flatMap { carrier[$0] } }
}
