import StrictJSON

extension JSONValue? {
    /// Whether there is nothing at all; null is something. (`== nil` would compare with null.)
    var isMissing: Bool { if case .none = self { true } else { false } }
}

extension JSONObject {
    func has(_ name: String) -> Bool { !self[name].isMissing }
}
