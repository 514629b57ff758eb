/// One thing that is measured. A workload is one file with one constant of this type, and one line in ``Workload/all``.
struct Workload: Sendable {
    /// What `run` takes: `plan-cold`.
    let name: String
    /// One line for `list` and for the report.
    let title: String
    /// Heading of its table in the report; workloads of one area share it.
    let area: String
    /// Measures, and hands every number to `bench`. Throws for what is an error; what is not installed is skipped with
    /// ``Bench/skip(_:why:)``.
    let run: @Sendable (Bench) async throws -> Void

    init(_ name: String, area: String, title: String, run: @escaping @Sendable (Bench) async throws -> Void) {
        self.name = name
        self.area = area
        self.title = title
        self.run = run
    }
}
