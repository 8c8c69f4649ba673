/** Letters and short messages: the engine and the set that comes with Comeback. */
export { RenderError } from "./render-error.js";
export {
  createTemplates,
  type Rendered,
  type RenderRequest,
  type Templates,
  type TemplatesOptions,
} from "./templates.js";
export {
  folderCache,
  loadTemplates,
  readTemplateFolders,
  SHIPPED_FOLDER,
  type TemplateFolders,
  type TemplateSource,
} from "./source.js";
export { type LintProblem } from "./lint.js";
export { chanceText, reasonText } from "./reasons.js";
export { formatDay, formatDayTime, formatMoney, formatTime } from "./format.js";
export { type ShopInfo } from "./shop-info.js";
export { parseTemplate, type Template, type TemplateFiles } from "./template.js";
