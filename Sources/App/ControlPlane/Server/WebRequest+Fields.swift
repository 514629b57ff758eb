import HTTPTypes
import WebServer

extension WebRequest {
    /// The value of a header that may stand once, by its lower-case name; nil where it is not there or stands twice.
    func field(_ name: String) -> String? {
        let values = headers.filter { $0.name.canonicalName == name }
        return values.count == 1 ? values.first?.value : nil
    }
}
