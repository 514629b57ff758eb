import CEL
import Testing

@Suite struct ConversionTests {
    @Test(arguments: numbers + texts + others) func rangesAreExact(_ one: Case) { one.check() }

    static let numbers = [Case](
        lines: #"""
            int(1) => 1
            int(1u) => 1
            int(18446744073709551615u) => !overflow
            int(9223372036854775807u) => 9223372036854775807
            int(1.9) => 1
            int(-1.9) => -1
            int(-0.5) => 0
            int(9223372036854774784.0) => 9223372036854774784
            int(9223372036854775808.0) => !overflow
            int(-9223372036854775808.0) => !overflow
            int(-9223372036854774784.0) => -9223372036854774784
            int(1e99) => !overflow
            int(1.0 / 0.0) => !overflow
            int(0.0 / 0.0) => !overflow
            int("42") => 42
            int("-42") => -42
            int("+42") => 42
            int("9223372036854775807") => 9223372036854775807
            int("9223372036854775808") => !invalid_argument
            int("") => !invalid_argument
            int(" 1") => !invalid_argument
            int("1.0") => !invalid_argument
            int("0x1") => !invalid_argument
            int("abc") => !invalid_argument
            int(timestamp("1970-01-01T00:01:00Z")) => 60
            int(timestamp("1969-12-31T23:59:59.5Z")) => -1
            int(true) => !no_such_overload
            int(null) => !no_such_overload
            int([]) => !no_such_overload
            uint(1) => 1u
            uint(1u) => 1u
            uint(-1) => !overflow
            uint(1.9) => 1u
            uint(-1.0) => !overflow
            uint(18446744073709549568.0) => 18446744073709549568u
            uint(18446744073709551616.0) => !overflow
            uint(0.0 / 0.0) => !overflow
            uint("42") => 42u
            uint("18446744073709551615") => 18446744073709551615u
            uint("18446744073709551616") => !invalid_argument
            uint("-1") => !invalid_argument
            uint("+1") => !invalid_argument
            uint("") => !invalid_argument
            uint(true) => !no_such_overload
            double(1) => 1.0
            double(1u) => 1.0
            double(1.5) => 1.5
            double(9223372036854775807) => 9.223372036854776e+18
            double("1.5") => 1.5
            double("-1e3") => -1000.0
            double("+1") => 1.0
            double(".5") => 0.5
            double("5.") => 5.0
            double("inf") => inf
            double("-Infinity") => -inf
            double("NaN") => nan
            double("1e400") => !invalid_argument
            double("") => !invalid_argument
            double("1 ") => !invalid_argument
            double("abc") => !invalid_argument
            double("nan(1)") => !invalid_argument
            double(true) => !no_such_overload
            """#)

    static let texts = [Case](
        lines: #"""
            string(1) => "1"
            string(-9223372036854775808) => "-9223372036854775808"
            string(18446744073709551615u) => "18446744073709551615"
            string(1.0) => "1"
            string(-0.0) => "-0"
            string(123.456) => "123.456"
            string(-4.5e-3) => "-0.0045"
            string(0.0001) => "0.0001"
            string(0.00001) => "1e-05"
            string(1.5e-7) => "1.5e-07"
            string(100000.0) => "100000"
            string(1000000.0) => "1e+06"
            string(1234567.5) => "1.2345675e+06"
            string(6.02214e23) => "6.02214e+23"
            string(1e100) => "1e+100"
            string(5e-324) => "5e-324"
            string(0.1 + 0.2) => "0.30000000000000004"
            string(1.0 / 0.0) => "+Inf"
            string(-1.0 / 0.0) => "-Inf"
            string(0.0 / 0.0) => "NaN"
            string("a") => "a"
            string(true) => "true"
            string(false) => "false"
            string(b"abc") => "abc"
            string(b"\xc3\xa9") => "é"
            string(b"\xff") => !invalid_argument
            string(b"\xed\xa0\x80") => !invalid_argument
            string(timestamp("2024-02-29T12:00:00.5Z")) => "2024-02-29T12:00:00.5Z"
            string(duration("90s")) => "90s"
            string(null) => !no_such_overload
            string([1]) => !no_such_overload
            string({}) => !no_such_overload
            string(int) => !no_such_overload
            bytes("é") => b"c3a9"
            bytes(b"a") => b"61"
            bytes(1) => !no_such_overload
            """#)

    static let others = [Case](
        lines: #"""
            bool(true) => true
            bool("true") => true
            bool("TRUE") => true
            bool("True") => true
            bool("t") => true
            bool("1") => true
            bool("false") => false
            bool("FALSE") => false
            bool("False") => false
            bool("f") => false
            bool("0") => false
            bool("tRuE") => !invalid_argument
            bool("yes") => !invalid_argument
            bool("") => !invalid_argument
            bool(1) => !no_such_overload
            dyn(1) => 1
            dyn([1, "a"]) => [1, "a"]
            type(null) => type(null_type)
            type(true) => type(bool)
            type(1) => type(int)
            type(1u) => type(uint)
            type(1.0) => type(double)
            type("") => type(string)
            type(b"") => type(bytes)
            type([]) => type(list)
            type({}) => type(map)
            type(type(1)) => type(type)
            type(timestamp(0)) => type(google.protobuf.Timestamp)
            type(duration("1s")) => type(google.protobuf.Duration)
            type(1) == int && type("") == string && type([]) == list && type({}) == map => true
            type(null) == null_type => true
            timestamp(0) => timestamp(1970-01-01T00:00:00Z)
            timestamp(253402300799) => timestamp(9999-12-31T23:59:59Z)
            timestamp(253402300800) => !overflow
            timestamp(timestamp(5)) => timestamp(1970-01-01T00:00:05Z)
            timestamp("1972-01-01T10:00:20.021-05:00") => timestamp(1972-01-01T15:00:20.021Z)
            timestamp(1.0) => !no_such_overload
            timestamp("yesterday") => !invalid_argument
            duration("1h30m") => duration(5400s)
            duration(duration("1s")) => duration(1s)
            duration("1") => !invalid_argument
            duration(true) => !no_such_overload
            duration("-1.5s") => duration(-1.5s)
            """#)
}
