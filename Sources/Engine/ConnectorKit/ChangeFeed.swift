/// A target that says when something changed, so that drift is seen in seconds and not at the next look.
///
/// What changed is not said: whoever is woken looks for himself.
public protocol ChangeFeed: Connector {
    /// Tells `wake` whenever something that facts rest on may have changed, the caller's own changes among it, until its
    /// task is cancelled.
    ///
    /// - Throws: When the feed breaks. Whoever begins a new one takes it that something changed in between.
    func changes(_ wake: @escaping @Sendable () -> Void) async throws(ConnectorError)
}
