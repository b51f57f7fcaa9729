import { describe, expect, test } from 'vitest';
import { parseGoTemplate } from '../../../../src/cli/render/go-template/go-template.ts';

const ROW = {
  Name: 'web_app',
  Count: 3,
  Empty: '',
  Ports: ['80/tcp', '443/tcp'],
  Labels: { b: '2', a: '1' },
  Node: { Name: 'n1', Gone: null },
  Label: (key: unknown) => `label:${String(key)}`,
};

const render = (template: string): string => parseGoTemplate(template).execute(ROW);

describe('prints', () => {
  test.each([
    ['plain', 'plain'],
    ['{{.Name}}', 'web_app'],
    ['{{ .Node.Name }}!', 'n1!'],
    ['{{.Node.Nope}}', '<no value>'],
    ['{{.Node.Gone}}', '<nil>'],
    ['{{.}}'.replace('.', '.Labels'), 'map[a:1 b:2]'],
    ['{{.Ports}}', '[80/tcp 443/tcp]'],
    ['{{$.Name}}', 'web_app'],
    ['{{"a\\tb\\u00e9\\x41"}}{{`raw\\n`}}', 'a\tbéAraw\\n'],
    ["{{'a'}} {{0x1F}} {{1_000}} {{-3}} {{true}}", '97 31 1000 -3 true'],
    ['{{/* comment */}}a{{- /* c */ -}} b', 'ab'],
    ['a {{- .Name -}} b', 'aweb_appb'],
    ['{{.Label "x"}} {{.Name | .Label}}', 'label:x label:web_app'],
    ['{{(index .Ports 1)}}{{(.Node).Name}}', '443/tcpn1'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('flow', () => {
  test.each([
    ['{{if .Empty}}a{{else if .Count}}b{{else}}c{{end}}', 'b'],
    ['{{if not .Empty}}a{{end}}', 'a'],
    ['{{with .Node}}{{.Name}} {{$.Name}}{{end}}', 'n1 web_app'],
    ['{{with .Empty}}a{{else}}b{{end}}', 'b'],
    ['{{with $x := .Name}}{{$x}}{{end}}', 'web_app'],
    ['{{range .Ports}}<{{.}}>{{end}}', '<80/tcp><443/tcp>'],
    ['{{range $i, $p := .Ports}}{{$i}}={{$p}};{{end}}', '0=80/tcp;1=443/tcp;'],
    ['{{range $k, $v := .Labels}}{{$k}}{{$v}}{{end}}', 'a1b2'],
    ['{{range .Node.Gone}}x{{else}}none{{end}}', 'none'],
    ['{{range .Ports}}{{.}}{{break}}{{end}}', '80/tcp'],
    ['{{range .Ports}}{{continue}}{{.}}{{end}}', ''],
    ['{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}', '2'],
    ['{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}', '1'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('functions', () => {
  test.each([
    ['{{upper .Name}} {{lower "ABC"}} {{title "two words"}}', 'WEB_APP abc Two Words'],
    ['{{join (split .Name "_") "-"}}', 'web-app'],
    ['{{.Name | split "_"}}', '[_]'],
    ['{{pad "x" 1 2}}|{{pad "" 1 2}}|', ' x  ||'],
    ['{{truncate .Name 3}}', 'web'],
    [
      '{{json .Labels}} {{json "<&>"}} {{json .Ports}}',
      '{"a":"1","b":"2"} "<&>" ["80/tcp","443/tcp"]',
    ],
    ['{{len .Name}} {{len "é"}} {{len .Ports}}', '7 2 2'],
    ['{{index .Labels "a"}} {{index .Ports 0}}', '1 80/tcp'],
    ['{{slice .Name 0 3}}', 'web'],
    ['{{eq .Count 3}} {{eq .Name "a" "web_app"}} {{ne 1 2}}', 'true true true'],
    ['{{lt 1 2}} {{ge "b" "a"}} {{le 2 1}} {{gt 2 1}}', 'true true false true'],
    ['{{and .Count .Name}} {{or .Empty "x"}} {{and .Empty (index .Ports 9)}}', 'web_app x '],
    ['{{print 1 2 "a" "b" 3}}{{println "x" 1}}', '1 2a b3x 1\n'.replace('a b', 'ab')],
    ['{{html "<a>"}} {{urlquery "a b&c"}}', '&lt;a&gt; a+b%26c'],
    [
      '{{printf "%s|%5s|%-5s|%q|%v" .Name "a" "b" "c" .Ports}}',
      'web_app|    a|b    |"c"|[80/tcp 443/tcp]',
    ],
    [
      '{{printf "%d %05d %+d %x %X %o %b %c %t" 3 42 1 255 "hi" 8 5 65 true}}',
      '3 00042 +1 ff 6869 10 101 A true',
    ],
    ['{{printf "%.2f %6.1f %e %.1s%%" 1.239 2.0 12345.678 "xyz"}}', '1.24    2.0 1.234568e+04 x%'],
    ['{{printf "%*d|%-*s|%[2]s %[1]s" 4 1 3 "b"}}', '   1|b  |%!s(int=1) %!s(int=4)'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{js "it\'s <b>"}}', "it\\'s \\u003Cb\\u003E"],
    ['{{upper "straße"}} {{lower "ÀÉ"}}', 'STRAßE àé'],
    ['{{printf "%d %s" "a"}} {{printf "x" 1}}', '%!d(string=a) %!s(MISSING) x%!(EXTRA int=1)'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('refuses', () => {
  test.each([
    ['{{.Name}', 'template: :1: unexpected "}" in operand'],
    ['{{.Name', 'template: :1: unclosed action'],
    ['a\n{{nope .Name}}', 'template: :2: function "nope" not defined'],
    ['{{}}', 'template: :1: missing value for command'],
    ['{{.Name | }}', 'template: :1: missing value for command'],
    ['{{if .Name}}x', 'template: :1: unexpected EOF'],
    ['{{if}}x{{end}}', 'template: :1: missing value for if'],
    ['x{{end}}', 'template: :1: unexpected {{end}}'],
    ['{{else}}', 'template: :1: unexpected {{else}}'],
    ['{{$x}}', 'template: :1: undefined variable "$x"'],
    ['{{"abc}}', 'template: :1: unterminated quoted string'],
    ['{{/* a }}', 'template: :1: unclosed comment'],
    ['{{break}}', 'template: :1: {{break}} outside {{range}}'],
    ['{{(.Name}}', 'template: :1: unclosed left paren'],
    ['{{.Name | "x"}}', 'template: :1: non executable command in pipeline stage 2'],
    ['{{.Nope}}', 'template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope'],
    [
      '{{.Name.Nope}}',
      'template: :1:7: executing "" at <.Name.Nope>: can\'t evaluate field Nope in type string',
    ],
    ['{{and}}', 'wrong number of args for and: want at least 1 got 0'],
    ['{{nil}}', 'executing "" at <nil>: nil is not a command'],
    ['{{index .Ports 9}}', 'error calling index: index out of range: 9'],
    ['{{eq 1 "a"}}', 'error calling eq: incompatible types for comparison'],
    ['{{.Name "x"}}', "can't give argument to non-function .Name"],
    ['{{split "a"}}', 'wrong number of args for split: want 2 got 1'],
    ['{{.constructor}}', "can't evaluate field constructor"],
  ])('%s', (template, expected) => {
    expect(() => render(template)).toThrow(expected);
  });
});

test('the header row shows titles through functions', () => {
  const template = parseGoTemplate(
    '{{upper .Name}}\t{{json .Ports}}\t{{join (split .Id ".") "/"}}\t{{.Nope}}',
  );
  expect(template.executeHeader({ Name: 'NAME', Ports: 'PORTS', Id: 'ID' })).toBe(
    'NAME\tPORTS\tID\t<no value>',
  );
});
