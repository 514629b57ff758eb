import AccessModel

extension LifecycleContext {
    /// The same for a system that speaks for itself, `webhook:NAME`, at a moment that is not behind this one. Nobody
    /// vouches for the while between.
    package func heard(from system: String, at moment: Instant) -> LifecycleContext {
        var context = LifecycleContext(
            database: database, actor: "webhook:\(system)", now: max(now, moment), vouched: vouched, notices: notices,
            newID: newID)
        context.defences = defences
        return context
    }
}
