import Answers

extension Console {
    /// Shows how far a deed is, and says at once what there is to say of it beforehand.
    func progress(_ title: String) -> DeedProgress { DeedProgress(self, title) }
}

/// A bar, and whoever fills it.
struct DeedProgress {
    let report: DeedReport
    private let bar: ProgressBar

    init(_ console: Console, _ title: String) {
        let bar = ProgressBar(title)
        self.bar = bar
        report = DeedReport(ink: console.ink, early: { console.say($0) }, progress: { bar.show(done: $0, total: $1) })
    }

    func finish() { bar.finish() }
}
