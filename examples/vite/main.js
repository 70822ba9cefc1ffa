const response = await fetch("/api/products");
const items = (await response.json()).map(({ title, price }) => {
  const item = document.createElement("li");
  item.textContent = `${title}: ${price}`;
  return item;
});
document.querySelector("#products").append(...items);
