import AccessModel
import Persistence

extension AccessWindow {
    /// ``` `INC-1`, asked for by req-..., approved by e-0003 ```
    public var words: String {
        let why = reason.isEmpty ? "no reason" : "`\(reason)`"
        if isEmergency { return "\(why), by breaking the glass" }
        let agreed = approvedBy.map(\.text).joined(separator: " and ")
        return
            "\(why), asked for by \(request ?? "-"), \(agreed.isEmpty ? "nobody had to agree" : "approved by \(agreed)")"
    }
}

extension AccessHistory.Holders.Member {
    func with(_ known: [String: AccessWindow]) -> Self {
        var member = self
        member.windows = causes.windows(known)
        return member
    }
}

extension AccessHistory.Explanation.Item {
    func with(_ known: [String: AccessWindow]) -> Self {
        var item = self
        item.windows = causes.windows(known)
        return item
    }
}

extension [Cause] {
    /// The windows that are named, as they are known.
    func windows(_ known: [String: AccessWindow]) -> [AccessWindow] {
        compactMap { cause in
            if case .grant(let id, _) = cause { known[id] } else { nil }
        }
    }
}
