select distinct (i_product_name)
from item i1
where i_manufact_id between 738 and 738 + 40
    and (select count(*) as item_cnt from item
         where (i_manufact = i1.i_manufact
                 and ((i_category = 'Women' and (i_color = 'powder' or i_color = 'khaki')
                         and (i_units = 'Ounce' or i_units = 'Oz') and (i_size = 'medium' or i_size = 'extra large'))
                     or (i_category = 'Men' and (i_color = 'floral' or i_color = 'deep')
                         and (i_units = 'N/A' or i_units = 'Dozen') and (i_size = 'petite' or i_size = 'large'))))) > 0
order by i_product_name
limit 100
