import AccessModel

extension Person {
    /// The last day that the organisation allows to somebody of this kind, counted from the first; nil where it has no
    /// word on it. Where HR named no first day it is counted from `first`, when they were first heard of.
    public func lastAllowedDay(_ maximumStay: [Person.Kind: Int], knownSince first: CalendarDay? = nil) -> CalendarDay?
    {
        guard let days = maximumStay[kind], let start = startDate ?? first else { return nil }
        return CalendarDay(daysSinceEpoch: start.daysSinceEpoch + days - 1)
    }
}
