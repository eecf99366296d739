import ts from 'typescript';

const TESTS = ['test', 'it', 'describe'];
/** They leave a test out, whatever the machine has. */
const LEFT_OUT = ['skip', 'todo'];

/** The names of a callee: `test.each([…])` is `test`, `each`. */
const namesOf = (callee: ts.Expression): readonly string[] => {
  if (ts.isIdentifier(callee)) return [callee.text];
  if (ts.isPropertyAccessExpression(callee)) {
    return [...namesOf(callee.expression), callee.name.text];
  }
  if (ts.isCallExpression(callee)) return namesOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? namesOf(callee.tag) : [];
};

/** A call of `test` or `describe` that has a title; the cases of `each` are an argument as well. */
const titleOf = (node: ts.Node, source: ts.SourceFile): string | undefined => {
  if (!ts.isCallExpression(node)) return undefined;
  const [first = '', ...others] = namesOf(node.expression);
  if (!TESTS.includes(first)) return undefined;
  if (others.some((name) => LEFT_OUT.includes(name))) return undefined;
  const [title] = node.arguments;
  if (title === undefined) return undefined;
  if (ts.isStringLiteralLike(title)) return title.text;
  return ts.isTemplateExpression(title) ? title.getText(source).slice(1, -1) : undefined;
};

/** The titles of all tests and groups of a test file, as they are written: `%s` stays. */
export const testTitles = (file: string, text: string): ReadonlySet<string> => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    const title = titleOf(node, source);
    if (title !== undefined) titles.add(title);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return titles;
};
