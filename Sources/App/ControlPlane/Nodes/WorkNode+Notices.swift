import Notices

extension WorkNode {
    /// Runs `body`, and while this process leads tells what falls due meanwhile.
    public func tellingMeanwhile(
        report: @escaping @Sendable (Result<NoticeDelivery.Summary, any Error>) -> Void, _ body: () async -> Void
    ) async {
        await installation.tellingMeanwhile(report: report, while: { self.isLeading }, body)
    }
}
